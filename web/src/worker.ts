/** The worker that the package starts; also to be started by the caller (option `worker`). */
import { Engine } from "./engine/engine.js";
import { webPlatform } from "./engine/platform-web.js";
import { serve } from "./rpc/server.js";

serve(new Engine(webPlatform));
