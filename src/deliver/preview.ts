// What a delivery would send, without sending it.

import type { Env } from "../lib/env.ts";
import { isJsonObject, parseJson } from "../lib/json.ts";
import type { Delivery, Preview } from "../model/delivery.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import type { People } from "../model/people.ts";
import { parseReference, type Reference } from "../model/reference.ts";
import { commandInput } from "./command.ts";
import { makeMessage } from "./message.ts";
import { sizesOf } from "./sizes.ts";
import { showTarget } from "./target.ts";

/** As {@link preview}, with `${NAME}` in place of each variable that is unset here. */
export function previewAnywhere(delivery: Delivery, env: Env, people?: People): Preview {
	const { hook } = delivery;
	const unset = unsetVariables(hook, env);
	const first = hook.kind === "webhook" ? hook.url?.parts[0] : undefined;
	// A URL that begins with a variable still has to be one; its target is shown by the variable's name.
	const placeholder = (name: string) =>
		typeof first === "object" && first.name === name ? "https://unset.invalid/" : `\${${name}}`;
	const filled = { ...env, ...Object.fromEntries(unset.map((name) => [name, placeholder(name)])) };
	const shown = preview({ ...delivery, hook: withPlaceholderSecrets(hook, unset) }, filled, people);
	const target = showTarget(hook, env);
	if (shown.kind === "problem" || shown.kind === "nothing") return { ...shown, target };
	const placed = { ...shown, placeholders: unset };
	return placed.kind === "webhook" ? { ...placed, target } : placed;
}

/** One that every scheme can sign with, unlike a variable's name. */
const PLACEHOLDER_SECRET = parseReference(`whsec_${"A".repeat(32)}`);

function withPlaceholderSecrets(hook: Hook, unset: readonly string[]): Hook {
	if (hook.kind === "shell") return hook;
	const isUnset = (part: Reference["parts"][number]) => typeof part !== "string" && unset.includes(part.name);
	return { ...hook, secrets: hook.secrets.map((text) => (text.parts.some(isUnset) ? PLACEHOLDER_SECRET : text)) };
}

/** Makes the message of a delivery as sending would. */
export function preview(delivery: Delivery, env: Env, people?: People): Preview {
	const { hook } = delivery;
	const target = showTarget(hook, env);
	if (hook.kind === "shell") {
		const [unset] = unsetVariables(hook, env);
		if (unset !== undefined) return { kind: "problem", target, reason: unsetReason(unset) };
		return { kind: "shell", command: hook.command, stdin: commandInput({ ...delivery, hook }), placeholders: [] };
	}
	const made = makeMessage({ ...delivery, hook }, env, people);
	if ("cause" in made) return { kind: "problem", target, reason: made.reason };
	if ("nothing" in made) return { kind: "nothing", target, reason: made.nothing };
	const { method, sign, notes } = made;
	const signatures = Object.entries(sign(new Date(0))).map(([name, value]) => [
		name,
		value === delivery.id ? value : "(made when sent)",
	]);
	const headers = { ...made.headers, ...Object.fromEntries(signatures) };
	const body = new TextDecoder().decode(made.body);
	const sizes = made.body === undefined ? [] : sizesOf(body, hook.preset.limits);
	return { kind: "webhook", method, target, headers, body, notes, placeholders: [], sizes, ...showcase(hook, body) };
}

function showcase({ preset }: Webhook, body: string) {
	const value = parseJson(body);
	const url = isJsonObject(value) ? preset.showcase?.(value) : undefined;
	return url === undefined ? {} : { showcase: url };
}
