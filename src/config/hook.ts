// One hook: its own settings over the defaults, and settings that contradict each other.
import { AUDIENCES, type Filter, type Hook, type HookIdentity, type ShellHook, type Webhook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { checkUrl } from "../net/url.ts";
import { findPreset } from "../presets/index.ts";
import { escapingFor } from "../template/render.ts";
import { readAbout, withRunbook } from "./about.ts";
import type { Link } from "./chains.ts";
import type { Fields } from "./fields.ts";
import { type Key, type Layers, setting, settings } from "./keys.ts";
import { refuseUnknownInHook } from "./known.ts";
import { refuseUnpublishable } from "./nats.ts";
import { optionRows, requireOptions } from "./options.ts";
import type { Path } from "./positions.ts";
import { HOOK, SEND_TO, SHELL, TARGET, WEBHOOK } from "./schema.ts";
import type { Selection } from "./selections.ts";
import { hookSigning } from "./signing.ts";
import type { Headers } from "./values.ts";
import { quote } from "./words.ts";

/** The keys whose values webhooks have as they are; the others are read together. */
const { async, preset, secret, signature, signatureHeader, batchSize, headers, timeoutMs, ...PLAIN } = WEBHOOK;

/** Reads a hook and reports its errors; undefined if it has no command, or if its preset is unknown. */
export function readHook(link: Link, filters: readonly Filter[], order: number): Hook | undefined {
	const { name, fallback, onSuccess } = link;
	const { kind, selectors, fields } = link.selection;
	const enabled = setting(HOOK.enabled, [fields]);
	const place = fields.problems.place(fields.path);
	const about = readAbout(link.layers);
	const identity = { name, about, selectors, enabled, filters, fallback, onSuccess, place, order };
	return kind === "shell" ? readShellHook(link, identity) : readWebhook(link, identity);
}

/** The entries of all tables; those of the first win. */
function merged<T>(row: Key<ReadonlyMap<string, T>>, layers: readonly Fields[]): ReadonlyMap<string, T> {
	return new Map(layers.toReversed().flatMap((fields) => [...(row.read(fields) ?? [])]));
}

function readShellHook({ selection, layers }: Link, identity: HookIdentity): ShellHook | undefined {
	const { fields } = selection;
	refuseUnknownInHook(selection, undefined);
	refuseAsyncGate(layers);
	const command = TARGET.shell.read(fields);
	const { onFailure, timeoutMs, shell } = SHELL;
	const plain = settings({ onFailure, timeoutMs, shell }, layers);
	const env = merged(SHELL.env, layers);
	if (command !== undefined) return { kind: "shell", ...identity, ...plain, env, command };
	// A url in place of the command has its own explanation.
	const missing = !fields.has("command") && !fields.has("url");
	return missing ? fields.missing("command", 'add command = "…", a line for the shell') : undefined;
}

function readWebhook(link: Link, identity: HookIdentity): Webhook | undefined {
	const { selection, layers, isAsked } = link;
	const { fields } = selection;
	const preset = readPreset(layers);
	refuseUnknownInHook(selection, preset);
	refuseAsyncGate(layers);
	const headers = merged(WEBHOOK.headers, layers);
	const plain = settings(PLAIN, layers);
	const batchSize = setting(WEBHOOK.batchSize, layers);
	// A hook that a pipeline waits for ignores the default, and so does a GET, which has no body.
	const batches = !isAsked && (fields.has("batch_size") || plain.method !== "GET");
	const known = {
		...plain,
		timeoutMs: setting({ ...timeoutMs, default: preset?.timeoutMs ?? timeoutMs.default }, layers),
		...hookSigning(layers, headers),
		batchSize: batches ? batchSize : undefined,
		sendTo: AUDIENCES.filter((whom) => setting(SEND_TO[whom], [fields])),
	};
	refuseContradictions(link, known, preset, headers);
	const url = readUrl(selection, preset, known, layers);
	if (preset === undefined) return undefined;
	refuseUnpublishable(link, url, { ...known, preset });
	// Webhooks in rocky.toml have no options: what they need comes with the event.
	if (fields.problems.dialect === "native" && known.bodyTemplate === undefined) requireOptions(preset, layers);
	const inRocky = fields.problems.dialect === "rocky" ? preset.inRocky : {};
	const options = withRunbook({ ...inRocky, ...readOptions(preset, layers) }, preset, identity.about);
	const sent = new Map([...headers.values()].map(({ name, value }) => [name, value]));
	return { kind: "webhook", ...identity, ...known, url, preset, options, headers: sent };
}

function readOptions(preset: Preset, layers: Layers): Webhook["options"] {
	const values = Array.from(optionRows(preset), ([name, row]) => [name, setting(row, layers)] as const);
	return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** Undefined if there is no preset of that name. */
function readPreset(layers: Layers): Preset | undefined {
	const fields = layers.find((layer) => layer.has("preset"));
	const name = fields === undefined ? WEBHOOK.preset.default : WEBHOOK.preset.read(fields);
	return name === undefined ? undefined : findPreset(name);
}

/** Reports a hook that is a gate, which the pipeline waits for, and asynchronous, which Rocky does not wait for. */
function refuseAsyncGate(layers: Layers): void {
	const isAsync = setting(SHELL.async, layers);
	if (!isAsync || setting(SHELL.onFailure, layers) !== "abort") return;
	const message = 'async cannot be true together with on_failure = "abort", which makes the pipeline wait for the hook';
	layers[0].wrong("async", message, 'remove async, or set on_failure = "warn"');
}

/** Reports settings of a webhook that contradict each other. */
function refuseContradictions(
	{ selection: { fields }, name, isAsked, askedAt }: Link,
	{ onFailure, method, bodyTemplate, batchSize }: Pick<Webhook, "onFailure" | "method" | "bodyTemplate" | "batchSize">,
	preset: Preset | undefined,
	headers: Headers,
): void {
	const refuse = (path: Path, message: string, remedy: string) =>
		fields.problems.add("config_value", path, message, remedy);
	if (!isAsked && WEBHOOK.requireAllow.read(fields) !== undefined) {
		const message = "require_allow is for gates, and this hook is not a gate";
		refuse(fields.at("require_allow"), message, 'set on_failure = "abort", or remove require_allow');
	}
	if (fields.has("batch_size") && onFailure === "abort") {
		const message =
			'gates are never batched: with on_failure = "abort", the pipeline waits for a response to each event';
		refuse(fields.at("batch_size"), message, 'remove batch_size, or set on_failure = "warn"');
	} else if (fields.has("batch_size") && askedAt !== undefined) {
		const message = `fallback names ${quote(name)}, which has a batch_size, and gates are never batched`;
		refuse(askedAt, message, "name another hook, or remove batch_size of that one");
	}
	if (method === "GET" && (bodyTemplate ?? batchSize) !== undefined) {
		// If the method is a default, it may suit other hooks: the error is at the hook.
		const path = fields.has("method") ? fields.at("method") : fields.path;
		const key = bodyTemplate === undefined ? "batch_size" : "body_template";
		const message = `method is GET, which has no body, but ${key} is set`;
		refuse(path, message, `remove ${key}, or set method = "POST"`);
	}
	const type = headers.get("content-type");
	if (preset?.needs.json !== true || type === undefined || !isLiteral(type.value)) return;
	if (escapingFor(literalParts(type.value).join("")) === "json") return;
	const message = `headers.${type.name} is not a JSON type: ${preset.title} accepts only JSON`;
	refuse(type.path, message, "remove it: application/json is sent by itself");
}

function readUrl(
	{ fields, event }: Selection,
	preset: Preset | undefined,
	settings: Pick<Webhook, "allowHttp" | "allowPrivate">,
	layers: Layers,
): Reference | undefined {
	if (!fields.has("url")) {
		// A command in place of the url has its own explanation.
		const needed = preset?.needs.url;
		const instead = typeof needed === "string" ? needed : undefined;
		const isGiven = instead !== undefined && layers.some((layer) => layer.has(instead));
		if (needed === undefined || isGiven || fields.has("command")) return undefined;
		const option = instead === undefined ? "" : `, or ${instead} = "…"`;
		const other = event === undefined ? ', or command = "…" for a shell hook' : "";
		return fields.missing("url", `add url = "https://…", or url = "\${VARIABLE}"${option}${other}`);
	}
	const url = TARGET.webhook.read(fields);
	if (url !== undefined && isLiteral(url)) {
		const checked = checkUrl(literalParts(url).join(""), settings);
		if ("problem" in checked) fields.wrong("url", `url ${checked.problem}`, checked.remedy);
	}
	return url;
}
