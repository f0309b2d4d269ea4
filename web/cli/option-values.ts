import { InvalidArgumentError } from "commander";

/** For commander: the values of a repeated option. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** For commander: words with commas between them. */
export function list(value: string): string[] {
  return value.split(",").map((part) => part.trim());
}

/** For commander: NAME=VALUE of a repeated option. */
export function collectSetting(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [name, value] = settingOf(text);
  return { ...previous, [name]: value };
}

/** For commander: NAME=SIZE of a repeated option. */
export function collectSize(
  text: string,
  previous: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const [name, size] = settingOf(text);
  return { ...previous, [name]: sizeOf(size) };
}

/** For commander: NAME=1x3x224x224 of a repeated option. */
export function collectShape(
  text: string,
  previous: Readonly<Record<string, readonly number[]>> = {},
): Record<string, readonly number[]> {
  const [name, shape] = settingOf(text);
  return { ...previous, [name]: shape.split("x").map(sizeOf) };
}

function sizeOf(text: string): number {
  const size = Number(text);
  if (Number.isSafeInteger(size) && size >= 1) return size;
  throw new InvalidArgumentError("Give whole numbers from 1; a shape as 1x3x224x224.");
}

/** @throws InvalidArgumentError unless it is NAME=VALUE */
export function settingOf(text: string): [name: string, value: string] {
  const [name, ...rest] = text.split("=");
  if (!name || rest.length === 0) throw new InvalidArgumentError("Write NAME=VALUE.");
  return [name, rest.join("=")];
}
