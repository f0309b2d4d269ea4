import { create } from "../dom.js";

export interface Item {
  readonly value: string;
  readonly title: string;
  /** Why it cannot be checked; absent or empty: it can. */
  readonly lack?: string;
}

/** Check boxes; those that were there before keep their state unless they cannot be checked now. */
export function fillChecklist(
  box: HTMLElement,
  items: readonly Item[],
  checkedAtFirst: (value: string) => boolean,
): void {
  const before = new Map(boxesOf(box).map(({ value, checked }) => [value, checked]));
  box.replaceChildren(
    ...items.map(({ value, title, lack = "" }) => {
      const disabled = lack !== "";
      const checked = !disabled && (before.get(value) ?? checkedAtFirst(value));
      // The box's own title is what screen readers tell beside its name.
      const input = create("input", { type: "checkbox", value, checked, disabled, title: lack });
      return create("label", { className: "check", title: lack }, input, title);
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
  for (const input of boxesOf(box)) {
    input.checked ||= !input.disabled && values.includes(input.value);
  }
}

function boxesOf(box: HTMLElement): HTMLInputElement[] {
  return [...box.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
}
