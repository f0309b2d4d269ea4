
J(ÍZ&Àçw
A"ûšAÑO;AH±0A€ÌœÁÏ‰0Bë˜Áúx²A7I¯A