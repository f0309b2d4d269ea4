// Calls and their times.
import type { Sample, Series } from "./samples.js";

/** Threads of an engine may wait actively for a while after a call; the next is not to feel it. */
const SETTLE_MILLISECONDS = 30;
/**
 * Threads that slept may wake on one processor and share it until the system moves one of them,
 * which takes longer than a call that is shorter than this. Such a call is timed right after an
 * untimed one, as in a page that calls again and again.
 */
const SHORT_MILLISECONDS = 100;
/** Until the browser's optimising compiler has been through every loop. */
const WARM_UP_MILLISECONDS = 1500;
const WARM_UP_ROUNDS = 2;

export type Call = () => Promise<Sample>;

export async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begin = performance.now();
  const result = await work();
  return [result, performance.now() - begin];
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));
}

/** Makes the calls take turns, so that what disturbs the machine disturbs all of them alike. */
export async function interleave<Name extends string>(
  calls: Readonly<Record<Name, Call>>,
  rounds: number,
  warmUpRounds = WARM_UP_ROUNDS,
): Promise<Series<Name>> {
  const turns = Object.entries<Call>(calls) as [Name, Call][];
  await warmUp(Object.values(calls), warmUpRounds);
  const series = Object.fromEntries(turns.map(([name]) => [name, [] as Sample[]])) as Series<Name>;
  for (let round = 0; round < rounds; round++) {
    for (const [name, call] of turns) {
      await settle();
      if (series[name].every(({ wall }) => wall < SHORT_MILLISECONDS)) await call();
      series[name].push(await call());
    }
  }
  return series;
}

async function warmUp(calls: readonly Call[], rounds: number): Promise<void> {
  const end = performance.now() + WARM_UP_MILLISECONDS;
  for (let round = 0; round < rounds || performance.now() < end; round++) {
    for (const call of calls) await call();
  }
}

/** `call` several times in succession as one sample: their mean. */
export function meanOf(call: Call, count: number): Call {
  return async () => {
    let [engine, wall] = [0, 0];
    for (let i = 0; i < count; i++) {
      const sample = await call();
      engine += sample.engine / count;
      wall += sample.wall / count;
    }
    return { engine, wall };
  };
}
