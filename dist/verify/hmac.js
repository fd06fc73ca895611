// HMAC-SHA256 (RFC 2104) by two digests at once: Node's own object for it takes a body twice the time.
import { hash } from "node:crypto";
/** Bytes that SHA-256 takes in at a time, and those of a digest. */
const [BLOCK, DIGEST] = [64, 32];
/** What is hashed is put together here where it has room; nothing of it is read after a call. */
const shared = Buffer.alloc(64 * 1024);
/** Gives the HMAC under a key, of any length. */
export function hmacSha256(key) {
    const bytes = Buffer.from(key);
    const block = bytes.length > BLOCK ? hash("sha256", bytes, "buffer") : bytes;
    // Of the pool that small buffers share: there may be thousands of keys.
    const [inner, outer] = [Buffer.allocUnsafe(BLOCK).fill(0x36), Buffer.allocUnsafe(BLOCK + DIGEST).fill(0x5c)];
    for (const [index, byte] of block.entries()) {
        inner[index] = byte ^ 0x36;
        outer[index] = byte ^ 0x5c;
    }
    return (encoding, ...parts) => {
        // Characters of a string take three bytes at most.
        let room = BLOCK;
        for (const part of parts)
            room += typeof part === "string" ? part.length * 3 : part.length;
        const whole = room > shared.length ? Buffer.allocUnsafe(room) : shared;
        whole.set(inner);
        let end = BLOCK;
        for (const part of parts) {
            if (typeof part === "string")
                end += whole.write(part, end);
            else {
                whole.set(part, end);
                end += part.length;
            }
        }
        // As text of one byte a character: a digest in bytes would take memory of its own.
        outer.write(hash("sha256", whole.subarray(0, end), "binary"), BLOCK, "binary");
        return hash("sha256", outer, encoding);
    };
}
