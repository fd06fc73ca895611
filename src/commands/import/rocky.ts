// The hooks of a rocky.toml, as a config of their own.
// https://rocky-data.dev/concepts/hooks/
import { isTable, type Table } from "../../config/fields.ts";
import { HOOK_KEYS } from "../../config/known.ts";
import { parseConfig } from "../../config/load.ts";
import { parseSyntax } from "../../config/syntax.ts";
import { keyName } from "../../config/words.ts";
import type { Hook, Webhook } from "../../model/hook.ts";
import { formatPlace, placePrefix } from "../../model/problem.ts";
import { literalParts, parseReference } from "../../model/reference.ts";
import { showSelector } from "../../model/selector.ts";
import { escapingFor, escapingOf } from "../../template/render.ts";
import { customOf } from "./custom.ts";
import { Draft, type Findings } from "./draft.ts";
import { hasCredential } from "./secret-text.ts";
import type { Section, TomlValue } from "./toml.ts";

/** A hook and its own table. */
interface Found {
	readonly hook: Hook;
	readonly table: Table;
}

/** The hooks of the file in their order. Throws `UserError` with all that is wrong with them. */
export function importRocky(text: string, file: string, findings: Findings): readonly Section[] {
	const found: Found[] = [];
	const { warnings } = parseConfig(text, file, "rocky", (hook, [{ table }]) => found.push({ hook, table }));
	for (const { place, message, remedy } of warnings) {
		findings.notes.push(`${placePrefix(place)}${message}${remedy === "" ? "" : ` → ${remedy}`}`);
	}
	const others = Object.keys(parseSyntax(text, file)).filter((key) => !HOOK_KEYS.includes(key));
	if (found.some(({ hook, table }) => hook.kind === "webhook" && !Object.hasOwn(table, "retry_count"))) {
		findings.notes.push("a webhook without retry_count is retried 3 times; in Rocky it is not retried");
	}
	if (/^\s*#/m.test(text)) findings.notes.push("the comments of the file are not carried over");
	if (others.length > 0) findings.notes.push(`left out, since only hooks are read: ${others.map(keyName).join(", ")}`);
	return found.map((one) => sectionOf(one, findings));
}

function sectionOf({ hook, table }: Found, findings: Findings): Section {
	const event = hook.selectors.map(showSelector).join(", ");
	const draft = new Draft(hook.name, findings, {
		stem: typeof table["name"] === "string" ? hook.name : event,
		hasVariables: true,
	});
	for (const [key, value] of Object.entries(table)) {
		// It has no effect, here or in Rocky, on a hook that is not a gate.
		if (key !== "async") draft.set(key, carried(key, value, hook, draft));
	}
	if (hook.kind === "webhook") adjust(hook, table, draft);
	return draft.section(hook.kind === "webhook" ? ["hook", "webhooks", event] : ["hook", event]);
}

/** A value as it is, but for what is a secret in it. */
function carried(key: string, value: unknown, hook: Hook, draft: Draft): TomlValue | undefined {
	const from = `${formatPlace(hook.place)}, ${keyName(key)}`;
	if (isTable(value)) {
		if (key === "custom") return customOf(value, from, draft);
		const entries = Object.entries(value).map(([name, item]) => [
			name,
			typeof item === "string" ? draft.named(name, item, `${from}.${keyName(name)}`) : carried(key, item, hook, draft),
		]);
		return Object.fromEntries(entries);
	}
	if (Array.isArray(value)) return value.flatMap((item: unknown) => listed(carried(key, item, hook, draft)));
	if (typeof value === "string") return text(key, value, from, hook, draft);
	const isPlain = typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
	return isPlain || value instanceof Date ? value : undefined;
}

/** As an item of a list; nothing for undefined. */
function listed(value: TomlValue | undefined): readonly TomlValue[] {
	return value === undefined ? [] : [value];
}

/** Of what a webhook sends besides its preset's options, that which has variables. */
const WITH_VARIABLES: readonly string[] = ["body_template", "ca_file"];

function text(key: string, value: string, from: string, hook: Hook, draft: Draft): string | undefined {
	if (key === "command") return draft.command(value, from);
	if (key === "runbook" && hasCredential(value)) {
		draft.note(`${from} is not carried over: it is a credential, and no variable is inserted there`);
		return undefined;
	}
	if (hook.kind === "shell") return draft.prose(value, from);
	const option = hook.preset.options[key];
	if (key === "secret" || option?.secret === true) return draft.secret(value, key, from);
	if (key === "url") return draft.url(value, from);
	return option !== undefined || WITH_VARIABLES.includes(key) ? draft.text(value, from) : draft.prose(value, from);
}

/** Sets what a `rocky.toml` has no need to say, or says in another way. */
function adjust(hook: Webhook, table: Table, draft: Draft): void {
	const { preset, bodyTemplate } = hook;
	if (Object.hasOwn(table, "preset")) draft.set("preset", preset.name);
	if (Object.hasOwn(table, "method")) draft.set("method", hook.method);
	const isOpen = (option: string) => !Object.hasOwn(table, option) && bodyTemplate === undefined;
	for (const [option, value] of Object.entries(preset.inRocky ?? {})) {
		if (!isOpen(option)) continue;
		draft.set(option, value);
		draft.comment(option, "read by itself in a rocky.toml");
	}
	for (const [option, { required, summary }] of Object.entries(preset.options)) {
		if (required !== true || !isOpen(option)) continue;
		draft.set(option, draft.needed(option, summary));
		draft.remark(option, `in a rocky.toml, events bring it as metadata.${option}`);
	}
	if (bodyTemplate === undefined) return;
	if (/\{\{\s*#if\b/.test(bodyTemplate.source.source)) {
		draft.comment("body_template", "{{#if x}} holds in a rocky.toml also for false, [] and {}; here it does not");
	}
	const [, type] = [...hook.headers].find(([name]) => name.toLowerCase() === "content-type") ?? [];
	const written = literalParts(type ?? parseReference("application/json")).join("");
	if (escapingOf(bodyTemplate, written) === escapingFor(written)) return;
	const headers = isTable(table["headers"]) ? carried("headers", table["headers"], hook, draft) : {};
	const rest = typeof headers === "object" && !Array.isArray(headers) ? Object.entries(headers) : [];
	const kept = rest.filter(([name]) => name.toLowerCase() !== "content-type");
	draft.set("headers", Object.fromEntries([...kept, ["Content-Type", "text/plain"]]));
	draft.remark("headers", "the body is not JSON, which a rocky.toml sends as it is; here its type says so");
}
