// clang-format and clang-tidy, one version for everybody.
import { join } from "node:path";
import { provideLlvm } from "./llvm.mjs";
import { bin } from "./paths.mjs";
import { once } from "./stamp.mjs";

const programs = ["clang-format", "clang-tidy"];

export async function setUpLint() {
  const products = programs.map((name) => join(bin, name));
  await once("lint", "19", products, () =>
    provideLlvm(["clang-format-19", "clang-tidy-19"], programs),
  );
}
