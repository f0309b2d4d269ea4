// The data of the ONNX project's own node tests, from the wheel of its Python package.
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { downloadWheels, providePython } from "../models/python.mjs";
import { projectRoot, toolchain } from "./paths.mjs";
import { once } from "./stamp.mjs";

const target = join(toolchain, "onnx-node-tests");
const folder = join(projectRoot, "scripts", "setup");
const packageList = join(folder, "node-tests.txt");

export async function setUpNodeTests() {
  await once("onnx-node-tests", readFileSync(packageList, "utf8"), [target], async () => {
    const python = await providePython();
    const wheels = downloadWheels(python, packageList, "manylinux_2_28_x86_64");
    const fresh = `${target}.new`;
    rmSync(fresh, { recursive: true, force: true });
    rmSync(target, { recursive: true, force: true });
    python([join(folder, "node_tests.py"), wheels, fresh]);
    renameSync(fresh, target);
  });
}
