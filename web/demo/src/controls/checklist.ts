import { create } from "../dom.js";

export interface Item {
  readonly value: string;
  readonly title: string;
}

/** Check boxes; those that were there before keep their state. */
export function fillChecklist(
  box: HTMLElement,
  items: readonly Item[],
  checkedAtFirst: (value: string) => boolean,
): void {
  const before = new Map(boxesOf(box).map(({ value, checked }) => [value, checked]));
  box.replaceChildren(
    ...items.map(({ value, title }) => {
      const checked = before.get(value) ?? checkedAtFirst(value);
      const input = create("input", { type: "checkbox", value, checked });
      return create("label", { className: "check" }, input, title);
    }),
  );
}

/** Values of the boxes that are checked, in their order. */
export function checkedIn(box: HTMLElement): string[] {
  return boxesOf(box)
    .filter(({ checked }) => checked)
    .map(({ value }) => value);
}

export function check(box: HTMLElement, values: readonly string[]): void {
  for (const input of boxesOf(box)) input.checked ||= values.includes(input.value);
}

function boxesOf(box: HTMLElement): HTMLInputElement[] {
  return [...box.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
}
