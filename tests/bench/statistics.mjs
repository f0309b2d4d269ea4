// Of timings, which other programs disturb upwards only.

/** The middle of the sorted values; the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return (sorted[lower] + sorted[upper]) / 2;
}

export function smallest(values) {
  return Math.min(...values);
}
