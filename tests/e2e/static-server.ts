import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Any file server, as far as the page can tell: a folder, and isolation headers or none. */
export class StaticServer {
  readonly #server: Server;
  /** Paths asked for, in order. */
  readonly requests: string[] = [];

  private constructor(folder: string, isolated: boolean) {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      this.requests.push(`${request.method ?? ""} ${pathname}`);
      const name = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      readFile(join(folder, normalize(decodeURIComponent(name)))).then(
        (content) => {
          const type = TYPES[extname(name)] ?? "application/octet-stream";
          response.writeHead(200, { "Content-Type": type, ...(isolated ? ISOLATION : {}) });
          response.end(content);
        },
        () => response.writeHead(404).end(),
      );
    });
  }

  static async start(folder: string, isolated: boolean): Promise<StaticServer> {
    const server = new StaticServer(folder, isolated);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
