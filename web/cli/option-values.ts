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

/** @throws InvalidArgumentError unless it is NAME=VALUE */
export function settingOf(text: string): [name: string, value: string] {
  const [name, ...rest] = text.split("=");
  if (!name || rest.length === 0) throw new InvalidArgumentError("Write NAME=VALUE.");
  return [name, rest.join("=")];
}
