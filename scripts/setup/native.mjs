// What a native build and its tests need.
import { requirePrograms } from "./process.mjs";
import { setUpSources } from "./sources.mjs";

export async function setUpNative() {
  requirePrograms(["cmake", "c++"], "install CMake 3.25 or newer and a C++20 compiler.");
  await setUpSources();
}
