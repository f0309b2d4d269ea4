/** A state that views watch. */
export class Store<State extends object> {
  #state: State;
  readonly #watchers = new Set<() => void>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  update(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `render` now, and again whenever one of the selected values is another one. */
  watch<const Values extends readonly unknown[]>(
    select: (state: Readonly<State>) => Values,
    render: (...values: Values) => void,
  ): void {
    let shown = select(this.#state);
    this.#watchers.add(() => {
      const values = select(this.#state);
      if (values.every((value, i) => Object.is(value, shown[i]))) return;
      shown = values;
      render(...values);
    });
    render(...shown);
  }
}
