// Hands the variables that GoogleTest reads (shards, filters) from Node to the program.
Module.preRun = () => {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith("GTEST_")) ENV[name] = value;
  }
};
