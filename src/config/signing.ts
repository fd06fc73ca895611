// How a webhook is signed: `secret`, `signature` and `signature_header`, each for itself and all together.
import { isHeaderName } from "../lib/header.ts";
import type { Webhook } from "../model/hook.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { headersOf, SCHEMES, SIGNATURES, type Signature, secretFault, signingSecrets } from "../signature/schemes.ts";
import { Fields } from "./fields.ts";
import { type Headers, IDENTITY, RESERVED } from "./headers.ts";
import type { Path } from "./locate.ts";
import type { Problems } from "./problems.ts";
import type { Selection } from "./selection.ts";
import { quote } from "./words.ts";

/** The keys that mean nothing without a secret. */
const ASKING = ["signature", "signature_header"] as const;

export const SIGNING_KEYS = ["secret", ...ASKING] as const;

/** What a table and those below it say of signing. */
export interface Signing {
	/** Each with where it stands. */
	readonly secrets: readonly { readonly reference: Reference; readonly path: Path }[];
	readonly schemes: readonly Signature[];
	/** The header of the signature, where it is not the scheme's own. */
	readonly header: string | undefined;
	/** Where a scheme or a header is asked for, in the table and in those below it. */
	readonly asked: readonly Path[];
}

/** Where nobody says anything: what a secret signs with. */
export const UNSIGNED: Signing = { secrets: [], schemes: ["rocky"], header: undefined, asked: [] };

/** A signature for each must fit into what servers take for headers: often 8 KB. */
const MAX_ITEMS = 10;

/** Headers that say something else already. */
const TAKEN: ReadonlySet<string> = new Set([
	...RESERVED,
	...IDENTITY,
	"content-type",
	"user-agent",
	...headersOf("standard"),
]);

/** The table's keys over the given ones. A table with a scheme of its own takes no header from below: that was another's. */
export function readSigning(fields: Fields, base: Signing): Signing {
	const schemes = readSchemes(fields);
	const own = fields.has("signature");
	const header = readHeader(fields, own ? schemes : base.schemes);
	return {
		secrets: readSecrets(fields) ?? base.secrets,
		schemes: schemes ?? base.schemes,
		header: header ?? (own ? undefined : base.header),
		asked: [...base.asked, ...ASKING.filter((key) => fields.has(key)).map((key) => fields.at(key))],
	};
}

/**
 * What a hook has of it. Notes what does not go together: a scheme without a secret, a secret that its scheme cannot use,
 * a header of the hook's own in the place of the signature's.
 */
export function hookSigning(
	{ secrets, schemes, header }: Signing,
	headers: Headers,
	fields: Fields,
): Pick<Webhook, "secrets" | "signatures" | "signatureHeader"> {
	const asked = ASKING.find((key) => fields.has(key));
	if (asked !== undefined && secrets.length === 0 && !fields.has("secret")) {
		const remedy = `add secret = "\${WEBHOOK_SECRET}", or take ${asked} out`;
		fields.wrong(asked, `${asked} stands in a hook that has no secret to sign with`, remedy);
	}
	for (const scheme of schemes) {
		for (const { reference, path } of signingSecrets(scheme, secrets)) {
			const fault = isLiteral(reference) && secretFault(scheme, literalParts(reference).join("").trim());
			if (fault) fields.problems.add("config_value", path, `secret ${fault}`, secretRemedy(scheme));
		}
	}
	for (const name of secrets.length === 0 ? [] : schemes.flatMap((scheme) => headersOf(scheme, header))) {
		const own = headers.get(name.toLowerCase());
		if (own === undefined) continue;
		const remedy = "take it out, or rename the signature's by signature_header";
		fields.problems.add("config_value", own.path, `headers.${own.name} is where the signature goes`, remedy);
	}
	return { secrets: secrets.map(({ reference }) => reference), signatures: schemes, signatureHeader: header };
}

/** Notes schemes and headers of the defaults where there are webhooks and none of them is signed. */
export function refuseIdleSigning(
	{ asked, secrets }: Signing,
	selections: readonly Selection[],
	problems: Problems,
): void {
	const webhooks = selections.filter(({ kind }) => kind === "webhook");
	if (webhooks.length === 0 || secrets.length > 0 || webhooks.some(({ fields }) => fields.has("secret"))) return;
	for (const path of asked) {
		const message = `${path.at(-1)} stands in the defaults, and no webhook has a secret to sign with`;
		problems.add("config_value", path, message, 'add secret = "${WEBHOOK_SECRET}" there or in a hook, or take it out');
	}
}

function readSecrets(fields: Fields): Signing["secrets"] | undefined {
	const found = itemsOf(fields, "secret")?.flatMap((item) => {
		const reference = item.filled("secret");
		return reference === undefined ? [] : [{ reference, path: item.at("secret") }];
	});
	return found?.length === 0 ? undefined : found;
}

function readSchemes(fields: Fields): readonly Signature[] | undefined {
	const found: Signature[] = [];
	for (const item of itemsOf(fields, "signature") ?? []) {
		const scheme = item.choice("signature", SIGNATURES);
		if (scheme === undefined) continue;
		if (found.includes(scheme)) {
			item.wrong("signature", `signature has ${quote(scheme)} twice`, "take one of the two out");
		} else {
			found.push(scheme);
		}
	}
	return found.length === 0 ? undefined : found;
}

/** `schemes` are those that it would rename the header of; undefined where they are wrong themselves. */
function readHeader(fields: Fields, schemes: readonly Signature[] | undefined): string | undefined {
	const header = fields.text("signature_header");
	if (header === undefined) return undefined;
	const wrong = (message: string, remedy: string) => fields.wrong("signature_header", message, remedy);
	const [first, ...others] = schemes ?? [];
	if (!isHeaderName(header)) {
		return wrong("signature_header is no header name", "use letters, digits and hyphens, as in X-Signature");
	}
	if (TAKEN.has(header.toLowerCase())) {
		return wrong(`signature_header is ${quote(header)}, a header with a meaning of its own`, "choose another name");
	}
	if (others.length > 0) {
		return wrong("signature_header renames one header, and there are several signatures", "keep one of them");
	}
	if (first !== undefined && SCHEMES[first].stamped) {
		return wrong(`signature_header cannot be used with ${first}, whose headers are fixed`, "take it out");
	}
	return header;
}

/**
 * The items of a list, each as if the key held it alone, and with its own place; the table itself where the key holds one
 * thing.
 */
function itemsOf(fields: Fields, key: (typeof SIGNING_KEYS)[number]): readonly Fields[] | undefined {
	if (!fields.has(key)) return undefined;
	const value = fields.table[key];
	if (!Array.isArray(value)) return [fields];
	if (value.length === 0) return fields.wrong(key, `${key} is an empty list`, "name one, or leave the key out");
	if (value.length > MAX_ITEMS) return fields.wrong(key, `${key} has more than ${MAX_ITEMS} items`, "shorten the list");
	return value.map((item, index) => new Fields({ [key]: item }, [...fields.at(key), index], fields.problems));
}

function secretRemedy(scheme: Signature): string {
	if (!SCHEMES[scheme].stamped) return "use one line of Latin-1 characters";
	return `take what \`openssl rand -base64 32\` prints, and give it as secret = "\${WEBHOOK_SECRET}"`;
}
