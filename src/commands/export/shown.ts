// A hook's addresses, secrets and headers as an export shows them: variables by their names, and no secret.
import { isCredentialUrl } from "../../config/secret-advice.ts";
import { CREDENTIAL } from "../../config/words.ts";
import { showUrl } from "../../deliver/target.ts";
import { isJsonArray, isJsonObject, type Json } from "../../lib/json.ts";
import { vocabulary } from "../../model/catalog.ts";
import type { Webhook } from "../../model/hook.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { isLiteral, parseReference, type Reference } from "../../model/reference.ts";
import { isSecretValue } from "../../secrets/parts.ts";

/** Stands in a URL for a variable while the rest of it is looked at. */
const STAND_IN = "v";

/** Shown in place of a secret that is written in the config. */
const HIDDEN = "…";

/** Each variable by its name alone: a default may be a secret. */
function withNames({ parts }: Reference): string {
	return parts.map((part) => (typeof part === "string" ? part : `\${${part.name}}`)).join("");
}

function literalsOf({ parts }: Reference): string {
	return parts.map((part) => (typeof part === "string" ? part : STAND_IN)).join("");
}

/** The URL; undefined where nothing tells it. `tell` gets what is left out. */
export function shownUrl(hook: Webhook, tell: (note: string) => void): string | undefined {
	if (hook.url === undefined) return ownAddress(hook);
	const literals = literalsOf(hook.url).trim();
	if (!isCredentialUrl(literals) && !CREDENTIAL.test(literals)) return withNames(hook.url).trim();
	tell("the url has a secret in it that is written in the config: only its host is shown");
	return URL.canParse(literals) ? showUrl(new URL(literals)) : undefined;
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
	return isSecret === true && isLiteral(reference) ? HIDDEN : withNames(reference);
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
	const shown = [...headers].flatMap(([name, value]): [string, string][] => {
		const literals = literalsOf(value).trim();
		const isTelling = SECRET_NAME.test(name) && isLiteral(value);
		if (!isTelling && !CREDENTIAL.test(literals) && !(isLiteral(value) && isSecretValue(name, literals))) {
			return [[name, withNames(value)]];
		}
		tell(`header ${name} has a secret that is written in the config, so it is left out`);
		return [];
	});
	return Object.fromEntries(shown);
}
