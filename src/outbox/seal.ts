// Sealing what is held for a hook: whoever lacks its secrets can neither read it nor put anything beside it.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Env } from "../lib/env.ts";
import type { Hook } from "../model/hook.ts";
import { referencesOf } from "../model/hook-references.ts";
import { resolveReference } from "../model/reference.ts";

const ALGORITHM = "aes-256-gcm";
const VERSION = "held-2";
const [IV_BYTES, TAG_BYTES] = [12, 16] as const;

/** Seals texts, and opens what it sealed. `name` is that of the file, which is no secret and cannot be changed either. */
export interface Seal {
	seal(text: string, name: string): string;
	/** Undefined where the text was not sealed with the same secrets under that name, or was changed since. */
	open(sealed: string, name: string): string | undefined;
}

/**
 * The seal of a hook: its key is made of the hook's name and of what its URL and its secrets are now, and those of the
 * hooks that it leads to, which sign and send the same events. Without any secret among them, where anyone can send to
 * all of them, it keeps out accidents only.
 */
export function sealOf([hook, ...chained]: readonly [Hook, ...Hook[]], env: Env): Seal {
	const hash = createHash("sha256").update(JSON.stringify([VERSION, hook.name]));
	for (const { reference, kind } of [hook, ...chained].flatMap(referencesOf)) {
		if (kind === "text") continue;
		const resolved = resolveReference(reference, env);
		hash.update(JSON.stringify(resolved.kind === "unset" ? null : resolved.text));
	}
	const key = hash.digest();
	return {
		seal: (text, name) => {
			const iv = randomBytes(IV_BYTES);
			const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(name));
			const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
			return `${VERSION} ${sealed.toString("base64")}`;
		},
		open: (sealed, name) => {
			const [version, coded = ""] = sealed.split(" ");
			const bytes = Buffer.from(coded, "base64");
			if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
			const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(name));
			decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
			try {
				const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, "utf8");
				return text + decipher.final("utf8");
			} catch {
				return undefined;
			}
		},
	};
}

/** About how many bytes a text had that has so many sealed: those of base64 less a quarter. */
export function bytesBefore(sealed: number): number {
	return Math.floor((sealed * 3) / 4);
}
