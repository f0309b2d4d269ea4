import { expect, test, vi } from "vitest";
import { Store } from "../../../web/demo/src/state/store.js";

test("a watcher is called at once and when its values change, not otherwise", () => {
  const store = new Store({ a: 1, b: 1 });
  const render = vi.fn<(a: number) => void>();
  store.watch((state) => [state.a], render);
  expect(render).toHaveBeenLastCalledWith(1);
  store.update({ b: 2 });
  expect(render).toHaveBeenCalledTimes(1);
  store.update({ a: 3 });
  expect(render).toHaveBeenLastCalledWith(3);
  expect(store.state).toEqual({ a: 3, b: 2 });
});
