// The people of a config, their keys, and the copies of webhooks that go to them; in a bundle of few configs' own.
import { isGate } from "../model/delivery.ts";
import type { Hook, Person, Webhook } from "../model/hook.ts";
import { SECRET_NAME } from "../model/hook-references.ts";
import type { Preset } from "../model/preset.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { checkUrl } from "../net/url.ts";
import type { findPreset } from "../presets/index.ts";
import type { credentialsIn } from "./credentials.ts";
import type { Fields } from "./fields.ts";
import { BOOLEAN, key, type Layers, NAME, REFERENCE, settings } from "./keys.ts";
import type { refuseUnknown } from "./known.ts";
import { quote } from "./words.ts";

const handle = (preset: string, service: string) =>
	key(preset, NAME, { summary: `Whom \`mention\` names in ${service}` });

/** What mentions somebody, by preset. */
const HANDLES = {
	slack: handle("slack", "Slack"),
	teams: handle("teams", "Teams"),
	discord: handle("discord", "Discord"),
	google_chat: handle("google_chat", "Google Chat"),
	mattermost: handle("mattermost", "Mattermost"),
	telegram: handle("telegram", "Telegram"),
};

/** The keys of `[people.x]`. */
const PERSON = {
	github: key("github", NAME, { summary: "Login, or `organisation/team`: CI and CODEOWNERS name them by it" }),
	email: key("email", NAME, { summary: "Address: names them in events, in CODEOWNERS, and where a service takes it" }),
	webhook: key("webhook", REFERENCE, {
		public: false,
		summary: "Where messages [to them](managing.md#send-to-people) go",
	}),
	admin: key("admin", BOOLEAN, { default: false, summary: "Whether `send_to_admins` means them" }),
};

/** The keys of `[people.x]` by name. */
export const PERSON_ROWS = new Map([...Object.values(PERSON), ...Object.values(HANDLES)].map((row) => [row.name, row]));

/** What is loaded already, and large. */
interface Loaded {
	readonly refuseUnknown: typeof refuseUnknown;
	readonly findPreset: typeof findPreset;
}

/** Reads `[people]`. */
export function readPeople(root: Fields, { refuseUnknown, findPreset }: Loaded): readonly Person[] {
	const tables = root.get("people")?.fields("write [people.<name>]")?.entries() ?? [];
	return tables.flatMap(([name, value]) => {
		const fields = value.fields(`write [people.${name}]`);
		if (fields === undefined) return [];
		refuseUnknown(fields, PERSON_ROWS);
		const handles = Object.entries(HANDLES).flatMap(([preset, row]) => {
			const handle = row.read(fields)?.replace(/^@/, "");
			return handle !== undefined && isMentionable(findPreset(preset), handle, fields)
				? [[preset, handle] as const]
				: [];
		});
		return [{ name, ...settings(PERSON, [fields]), handles: new Map(handles) }];
	});
}

function isMentionable(preset: Preset | undefined, handle: string, fields: Fields): boolean {
	if (preset === undefined || preset.mention?.(handle) !== undefined) return true;
	const { name, title, options } = preset;
	const whom = options["mention"]?.summary.replace(/^.*?: /, "");
	fields.wrong(name, `${name} is ${quote(handle)}, which mentions nobody in ${title}`, `it takes ${whom}`);
	return false;
}

/**
 * Each hook, and after it its copies: one for each of the people who have a webhook and may be among those to whom it is
 * sent. A copy leads to no other hook, sends each event by itself, and has only the headers that are written out and
 * hold no credential: the others may be for the hook's own receiver alone.
 */
export function withCopies(
	read: readonly (readonly [Hook, Layers])[],
	people: readonly Person[],
	known: { readonly credentialsIn: typeof credentialsIn },
): readonly Hook[] {
	const taken = new Set(read.map(([hook]) => hook.name));
	return read.flatMap(([hook, [fields]]): readonly Hook[] => {
		if (hook.kind === "shell" || hook.sendTo.length === 0) return [hook];
		refuseUnreachable(hook, fields);
		if (hook.preset.needs.url !== true) return [hook];
		const isOnlyAdmins = hook.sendTo.every((whom) => whom === "admins");
		const headers = new Map([...hook.headers].filter(([name, value]) => isForAnybody(name, value, known)));
		const copies = people.flatMap(({ name: copyFor, webhook: url, admin }): readonly Hook[] => {
			if (url === undefined || (isOnlyAdmins && !admin)) return [];
			const checked = isLiteral(url) ? checkUrl(literalParts(url).join(""), hook) : undefined;
			if (checked !== undefined && "problem" in checked) {
				fields.problems.add(
					"config_value",
					["people", copyFor, "webhook"],
					`webhook ${checked.problem}`,
					checked.remedy,
				);
			}
			const name = `${hook.name} (${copyFor})`;
			if (taken.has(name))
				fields.wrong("name", `name ${quote(name)} is that of a copy for ${copyFor}`, "rename one of them");
			return [{ ...hook, name, url, headers, copyFor, fallback: undefined, onSuccess: [], batchSize: undefined }];
		});
		return [hook, ...copies];
	});
}

/** Whether a header tells nothing that only the hook's own receiver may know: any variable may hold a credential. */
function isForAnybody(name: string, value: Reference, known: Parameters<typeof withCopies>[2]): boolean {
	return !SECRET_NAME.test(name) && isLiteral(value) && known.credentialsIn(literalParts(value).join("")).length === 0;
}

/** Reports a webhook whose messages would reach nobody whom `send_to_…` names. */
function refuseUnreachable(hook: Webhook, fields: Fields): void {
	const { sendTo, selectors, preset } = hook;
	for (const whom of sendTo) {
		const name = `send_to_${whom}`;
		const refuse = (why: string, remedy: string) => fields.wrong(name, `${name} is for messages, and ${why}`, remedy);
		if (isGate(hook))
			refuse("a gate asks one receiver", `remove ${name}, or write a second webhook that is not a gate`);
		else if (selectors.length === 0) refuse("this hook has no events of its own", `add events, or remove ${name}`);
		else if (preset.needs.url !== true && preset.mention === undefined) {
			refuse(`those to ${preset.title} neither go to another url nor mention anybody`, `remove ${name}`);
		}
	}
}
