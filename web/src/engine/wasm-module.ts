import type { FileSource } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import type { MainModule } from "./generated.mjs";
import type { Platform } from "./platform.js";
import { VARIANT_FILES, type Choice, type VariantFiles } from "./variants.js";

export type * from "./generated.mjs";

/** The options of Emscripten's factory that are used here. */
interface FactoryOptions {
  readonly threads: number;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
}

type Factory = (options: FactoryOptions) => Promise<LoadedModule>;

/** Threaded builds have the thread pool of Emscripten. */
type LoadedModule = MainModule & { readonly PThread?: { terminateAllThreads(): void } };

/** A running copy of the engine with a memory of its own. */
export interface WasmModule {
  readonly exports: MainModule;
  /** Ends its threads. */
  close(): void;
}

/** Fetches, compiles and starts a build. */
export async function startModule(
  platform: Platform,
  { variant, threads }: Choice,
  override: FileSource | undefined,
): Promise<WasmModule> {
  const files = VARIANT_FILES[variant];
  const module = await start(platform, files, threads, override).catch((cause: unknown) => {
    throw startError(cause, threads);
  });
  return {
    exports: module,
    close: () => {
      module.PThread?.terminateAllThreads();
    },
  };
}

async function start(
  platform: Platform,
  files: VariantFiles,
  threads: number,
  override: FileSource | undefined,
): Promise<LoadedModule> {
  const [factory, compiled] = await Promise.all([
    importFactory(files.glue),
    platform.compile((override as string | Uint8Array | undefined) ?? files.wasm.href),
  ]);
  return instantiate(factory, compiled, threads);
}

async function importFactory(glue: URL): Promise<Factory> {
  try {
    // The file is shipped as it is: bundlers copy it, and must not look into it.
    const imported = (await import(/* @vite-ignore */ /* webpackIgnore: true */ glue.href)) as {
      readonly default: Factory;
    };
    return imported.default;
  } catch (cause) {
    throw new RelevanceCamError(
      "unreadable",
      `${glue.href} cannot be loaded; is the package's folder "wasm" served with it?`,
      glue.href,
      { cause },
    );
  }
}

function startError(cause: unknown, threads: number): RelevanceCamError {
  if (cause instanceof RelevanceCamError) return cause;
  if (cause instanceof RangeError) {
    const advice = threads > 1 ? "ask for one thread" : "close other pages";
    const message = `There is no memory to start the engine (${cause.message}); ${advice}.`;
    return new RelevanceCamError("out-of-memory", message, "", { cause });
  }
  const message = `The WebAssembly file cannot be started: ${String(cause)}`;
  return new RelevanceCamError("unsupported-runtime", message, "wasm", { cause });
}

function instantiate(
  factory: Factory,
  compiled: WebAssembly.Module,
  threads: number,
): Promise<LoadedModule> {
  return new Promise((resolve, reject) => {
    const options: FactoryOptions = {
      threads,
      instantiateWasm: (imports, receive) => {
        WebAssembly.instantiate(compiled, imports).then((instance) => {
          receive(instance, compiled);
        }, reject);
        return {};
      },
    };
    factory(options).then(resolve, reject);
  });
}
