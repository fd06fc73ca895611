// Where a delivery goes, in words that hold no secret.

import type { Env } from "../lib/env.ts";
import { excerpt } from "../lib/text.ts";
import type { Hook } from "../model/hook.ts";
import { type Reference, resolveReference } from "../model/reference.ts";
import { isNatsUrl, withSubject } from "../net/nats-url.ts";
import { checkUrl } from "../net/url.ts";

/** `https://hooks.slack.com/…`: never the path, the query or userinfo, each of which may be the credential. */
export function showUrl(url: URL): string {
	return `${url.protocol}//${url.host}/…`;
}

/** The target of a hook before anything was sent: the URL without its secrets, or the command. */
export function showTarget(hook: Hook, env: Env): string {
	if (hook.kind === "shell") return excerpt(hook.command, 120);
	if (hook.url === undefined) return hook.preset.title;
	const resolved = resolveReference(hook.url, env);
	if (resolved.kind === "unset") return unresolved(hook.url);
	const text = resolved.text.trim();
	if (isNatsUrl(text)) {
		const checked = checkUrl(withSubject(text, hook.preset.natsSubject), hook);
		return "url" in checked ? showUrl(checked.url) : unresolved(hook.url);
	}
	return isHttpUrl(text) ? showUrl(new URL(text)) : unresolved(hook.url);
}

/** Of anything else the scheme and the host may be the credential itself: `user:password` is a URL to the parser. */
function isHttpUrl(text: string): boolean {
	return /^https?:\/\/[^/\\\p{Cc}][^\p{Cc}]*$/iu.test(text) && URL.canParse(text);
}

/** Only the variables' names: the text around them may be the rest of the credential. */
function unresolved(url: Reference): string {
	const names = url.parts.flatMap((part) => (typeof part === "string" ? [] : [`\${${part.name}}`]));
	return names.length === 0 ? "an unusable URL" : names.join(" ");
}
