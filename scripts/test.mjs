#!/usr/bin/env node
// Every test there is, set-up included: `node scripts/test.mjs [suite ...]`
import { installPackages } from "./build/npm-packages.mjs";
import { command } from "./setup/command.mjs";
import { SetupError } from "./setup/process.mjs";
import { suites } from "./test/suites.mjs";

const noTests = { passed: 0, failed: 0, skipped: 0 };

function chosenSuites(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown) {
    const known = suites.map(({ name }) => name).join(", ");
    throw new SetupError(`Unknown suite "${unknown}": choose from ${known}.`);
  }
  const asked = suites.filter(({ name }) => names.length === 0 || names.includes(name));
  return asked.filter((suite) => suite.exists());
}

/** A suite that cannot be set up or built is one failure, and the others still run. */
async function runSuite(suite) {
  const start = performance.now();
  let counts = { ...noTests, failed: 1 };
  try {
    counts = await suite.run();
  } catch (error) {
    console.error(`${suite.name}: ${error instanceof SetupError ? error.message : error.stack}`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const { passed, failed, skipped } = counts;
  console.log(
    `suite ${suite.name}: ${passed} ok, ${failed} bad, ${skipped} left out (${seconds} s)`,
  );
  return counts;
}

function sum(total, counts) {
  return {
    passed: total.passed + counts.passed,
    failed: total.failed + counts.failed,
    skipped: total.skipped + counts.skipped,
  };
}

await command("test", async () => {
  const chosen = chosenSuites(process.argv.slice(2));
  installPackages();
  let total = noTests;
  for (const suite of chosen) total = sum(total, await runSuite(suite));
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
});
