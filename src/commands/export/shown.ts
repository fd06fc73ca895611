// A hook's addresses, secrets and headers as an export shows them: variables by their names, and no secret.
import { isJsonArray, isJsonObject, type Json } from "../../lib/json.ts";
import { vocabulary } from "../../model/catalog.ts";
import type { Webhook } from "../../model/hook.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { parseReference, type Reference } from "../../model/reference.ts";
import { hasWrittenSecret, urlOf } from "../written-secrets.ts";

/** Shown in place of a secret that is written in the config. */
const HIDDEN = "…";

/** Each variable by its name alone: a default may be a secret. */
function withNames({ parts }: Reference): string {
	return parts.map((part) => (typeof part === "string" ? part : `\${${part.name}}`)).join("");
}

/** The URL; undefined where nothing tells it. `tell` gets what is left out. */
export function shownUrl(hook: Webhook, tell: (note: string) => void): string | undefined {
	if (hook.url === undefined) return ownAddress(hook);
	const url = withNames(hook.url).trim();
	if (!hasWrittenSecret({ reference: hook.url, kind: "url" })) return url;
	tell("the url has a secret in it that is written in the config: only its host is shown");
	return URL.canParse(urlOf(hook.url)) ? hostOf(url) : undefined;
}

/** What comes before the path of a URL, without user and password; a variable in place of all that. */
function hostOf(url: string): string | undefined {
	const [, base, scheme = "", host = ""] =
		/^(?:(\$\{\w+\})|([a-z][a-z\d+.-]*:\/\/)(?:[^/\\?#]*@)?([^/\\?#@]+))/i.exec(url) ?? [];
	const shown = base ?? scheme + host;
	return shown === "" ? undefined : `${shown}/${HIDDEN}`;
}

/** The address that the preset knows, with the options that it is made of. */
function ownAddress({ preset, options }: Webhook): string | undefined {
	const shown = Object.entries(options).map(([name, value]) => [name, named(value, preset.options[name]?.secret)]);
	const definition = vocabulary().find("pipeline_error");
	if (definition === undefined) return undefined;
	const { name: event, status } = definition;
	const context = { id: "", event, status, run_id: "", pipeline: "", timestamp: new Date(0).toISOString() };
	const { url } = preset.service(Object.fromEntries(shown)).request?.([{ definition, context }], false) ?? {};
	// Braces of variables are encoded in a URL.
	return url?.replaceAll(/\$%7B(\w+)%7D/gi, "${$1}");
}

function named(value: Json, isSecret: boolean | undefined): Json {
	if (isJsonArray(value)) return value.map((item) => named(item, isSecret));
	if (typeof value !== "string") return isJsonObject(value) ? {} : value;
	const reference = parseReference(value);
	return isSecret === true && hasWrittenSecret({ reference, kind: "secret" }) ? HIDDEN : withNames(reference);
}

/** The variables of the first secret; undefined where there is none, or it is written in the config. */
export function shownSecret({ secrets: [secret] }: Webhook, tell: (note: string) => void): string | undefined {
	if (secret === undefined) return undefined;
	if (secret.parts.every((part) => typeof part !== "string" || part.trim() === "")) return withNames(secret).trim();
	tell("its secret is written in the config, so it is left out");
	return undefined;
}

/** The headers without those whose value is a secret that is written in the config. */
export function shownHeaders({ headers }: Webhook, tell: (note: string) => void): Readonly<Record<string, string>> {
	const shown = [...headers].flatMap(([name, reference]): [string, string][] => {
		const kind = SECRET_NAME.test(name) ? "secret" : "text";
		if (!hasWrittenSecret({ reference, kind })) return [[name, withNames(reference)]];
		tell(`header ${name} has a secret that is written in the config, so it is left out`);
		return [];
	});
	return Object.fromEntries(shown);
}
