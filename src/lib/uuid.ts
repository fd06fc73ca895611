// UUIDs that are made of a text: the same for the same text.
// https://www.rfc-editor.org/rfc/rfc9562#section-5.5
import { createHash } from "node:crypto";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The namespace of ids that are not UUIDs themselves. */
const NAMESPACE = Buffer.from("901b874ed76c473bb5e955d56bf35599", "hex");

/** The id in small letters; if it is not a UUID, one of version 5 that is made of it. */
export function uuidOf(id: string): string {
	if (UUID.test(id)) return id.toLowerCase();
	const hash = createHash("sha1").update(NAMESPACE).update(id).digest().subarray(0, 16);
	hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
	hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
	return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
