// `[relay]`: a hook that hands every event to the workers of a fleet, which deliver it.
import type { Webhook } from "../model/hook.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { RELAY, RELAY_STREAM, relayStream } from "../model/relay.ts";
import { isNatsUrl, withSubject } from "../net/nats-url.ts";
import { checkUrl } from "../net/url.ts";
import { relay } from "../presets/relay.ts";
import { readAbout } from "./about.ts";
import type { Link } from "./chains.ts";
import type { Resolver } from "./events.ts";
import type { Fields } from "./fields.ts";
import { readFilters } from "./filter.ts";
import { type Layers, setting, settings } from "./keys.ts";
import { refuseUnknown } from "./known.ts";
import { HOOK, RELAY_KEYS, SUBSCRIPTION, TABLES } from "./schema.ts";

/** What `[relay]` cannot say, as in a hook that says nothing about it. */
const USUAL = {
	fallback: undefined,
	onSuccess: [],
	preset: relay(),
	options: {},
	secrets: [],
	signatures: [],
	signatureHeader: undefined,
	batchSize: undefined,
	headers: new Map<string, Reference>(),
	method: undefined,
	bodyTemplate: undefined,
	allowPrivate: true,
	requireAllow: false,
	supersede: undefined,
	sendTo: [],
} as const;

/** The hook that the table is, after all others in the order of the file; undefined where the config has no such table. */
export function readRelay(
	root: Fields,
	resolver: Resolver,
	others: readonly Link[],
): readonly [hook: Webhook, layers: Layers] | undefined {
	const fields = root.get("relay")?.fields('write [relay] with nats = "${NATS_URL}"');
	if (fields === undefined) return undefined;
	refuseUnknown(fields, TABLES.relay);
	const { url, ...plain } = settings(RELAY_KEYS, [fields]);
	if (!fields.has("nats")) fields.missing("nats", 'add nats = "${NATS_URL}"');
	if (url !== undefined && isLiteral(url)) refuseOther(fields, literalParts(url).join(""), plain.allowHttp);
	const twin = others.find(({ name }) => name === RELAY)?.selection.fields;
	if (twin !== undefined) twin.wrong("name", 'name "relay" is that of [relay]', "give the hook another name");
	const [selectors, filters] = [resolver.read(fields, SUBSCRIPTION.events), readFilters(fields, resolver)];
	const hook: Webhook = {
		kind: "webhook",
		name: RELAY,
		selectors: selectors ?? [{ kind: "glob", pattern: "*" }],
		enabled: setting(HOOK.enabled, [fields]),
		about: readAbout([fields.only([])]),
		filters,
		place: fields.problems.place(fields.path),
		order: others.length,
		...USUAL,
		...plain,
		url,
	};
	return [hook, [fields]];
}

function refuseOther(fields: Fields, text: string, allowHttp: boolean): void {
	const checked = checkUrl(withSubject(text, USUAL.preset.natsSubject), { allowHttp, allowPrivate: true });
	if (!isNatsUrl(text)) fields.wrong("nats", "nats is not a URL of NATS", FORM);
	else if ("problem" in checked) {
		const isOfPath = checked.problem.includes("subject");
		fields.wrong("nats", `nats ${checked.problem}`, isOfPath ? FORM : checked.remedy);
	} else if ("problem" in relayStream(checked.url)) {
		fields.wrong("nats", `the path of nats is not the name of a stream, which is one word other than "dead"`, FORM);
	}
}

const FORM = `write it as nats://host:4222, or nats://host:4222/${RELAY_STREAM} with the name of the stream`;
