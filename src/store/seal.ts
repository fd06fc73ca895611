// Sealing what is held for a hook: without the hook's secrets nobody can read it or put anything beside it.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Env } from "../lib/env.ts";
import type { Hook } from "../model/hook.ts";
import { referencesOf } from "../model/hook-references.ts";
import { resolveReference } from "../model/reference.ts";

const ALGORITHM = "aes-256-gcm";
const [IV_BYTES, TAG_BYTES] = [12, 16] as const;

/** Seals texts, each with the id that it is stored under. */
export interface Seal {
	seal(text: string, id: string): Uint8Array;
	/** Undefined where the text was not sealed with the same secrets and that id, or was changed since. */
	open(sealed: Uint8Array, id: string): string | undefined;
}

/**
 * The seal of a hook: its key is made of the hook's name and of what its URL and its secrets are now, and those of the
 * hooks that it leads to, which sign and send the same events. Without any secret among them, where anyone can send to
 * all of them, it keeps out accidents only.
 */
export function sealOf([hook, ...chained]: readonly [Hook, ...Hook[]], env: Env): Seal {
	const hash = createHash("sha256").update(JSON.stringify(["held-3", hook.name]));
	for (const { reference, kind } of [hook, ...chained].flatMap(referencesOf)) {
		if (kind === "text") continue;
		const resolved = resolveReference(reference, env);
		hash.update(JSON.stringify(resolved.kind === "unset" ? null : resolved.text));
	}
	const key = hash.digest();
	return {
		seal: (text, id) => {
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(id));
			return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
		},
		open: (sealed, id) => {
			if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
			const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES)).setAAD(Buffer.from(id));
			decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
			try {
				const text = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
				return Buffer.concat([text, decipher.final()]).toString("utf8");
			} catch {
				return undefined;
			}
		},
	};
}
