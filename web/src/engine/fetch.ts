import { RelevanceCamError } from "../error.js";

/**
 * Fetches `address`.
 * @throws RelevanceCamError `unreadable`, naming the address; an abort rejects with its reason.
 */
export async function fetchFile(address: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RelevanceCamError(
      "unreadable",
      `${address} cannot be fetched; is the address right, and does its server allow this page?`,
      address,
      { cause },
    );
  }
  if (response.ok) return response;
  throw new RelevanceCamError(
    "unreadable",
    `${address} cannot be fetched: the server answered ${response.status}.`,
    address,
  );
}
