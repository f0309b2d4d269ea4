/** Resolves in a later task, so that messages, timers and input come in between. */
export const nextTask: () => Promise<void> =
  typeof setImmediate === "function" ? nextImmediate : nextMessage;

function nextImmediate(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Timers are held back by browsers to 4 ms and more; messages are not. */
function nextMessage(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
