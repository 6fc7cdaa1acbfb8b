import type { Duplex } from "node:stream";

/** Frames on the private pipe: a length (unsigned 32 bit, little endian), then that many bytes. */
export function sendFrame(stream: Duplex, body: Uint8Array): void {
  const header = Buffer.allocUnsafe(4);
  header.writeUInt32LE(body.byteLength);
  stream.cork();
  stream.write(header);
  stream.write(body);
  stream.uncork();
}

/**
 * Calls `onFrame` for each whole frame, and `onViolation` once if the stream breaks the protocol: a frame
 * over the limit, or one that `onFrame` throws on. Nothing is read after that.
 */
export function receiveFrames(
  stream: Duplex,
  maxBytes: number,
  onFrame: (body: Buffer) => void,
  onViolation: (error: unknown) => void,
): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted: number | undefined;
  const take = (bytes: number): Buffer => {
    const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    chunks = all.byteLength > bytes ? [all.subarray(bytes)] : [];
    size -= bytes;
    return all.subarray(0, bytes);
  };
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.byteLength;
    try {
      while (size >= (wanted ?? 4)) {
        if (wanted === undefined) {
          wanted = take(4).readUInt32LE();
          if (wanted > maxBytes) throw new RangeError(`frame of ${wanted} bytes`);
        } else {
          const body = take(wanted);
          wanted = undefined;
          onFrame(body);
        }
      }
    } catch (error) {
      stream.off("data", onData);
      stream.resume();
      onViolation(error);
    }
  };
  stream.on("data", onData);
}
