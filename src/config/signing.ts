// How a webhook is signed: `secret`, `signature` and `signature_header`, each by itself and all together.
import { isHeaderName } from "../lib/header.ts";
import type { Webhook } from "../model/hook.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { headersOf, SCHEMES, SIGNATURES, type Signature, secretFault, signingSecrets } from "../signature/schemes.ts";
import { Fields } from "./fields.ts";
import { type Headers, IDENTITY, RESERVED } from "./headers.ts";
import { readChoice, readFilled, readText } from "./keys.ts";
import type { Path } from "./positions.ts";
import { quote } from "./words.ts";

/** The keys that mean nothing without a secret. */
const NEED_SECRET = ["signature", "signature_header"];

/** A signature for each must fit into what servers take for headers: often 8 KB. */
export const MAX_ITEMS = 10;

/** Headers that say something else already. */
const TAKEN: ReadonlySet<string> = new Set([
	...RESERVED,
	...IDENTITY,
	"content-type",
	"user-agent",
	...headersOf("standard"),
]);

/** A secret, and where it is. */
export interface Secret {
	readonly reference: Reference;
	readonly path: Path;
}

/**
 * How a hook signs by what its table and those below it say. Notes what does not go together: a scheme without a secret, a
 * secret that its scheme cannot use, a header of the hook's own in the place of the signature's.
 */
export function hookSigning(
	layers: readonly [Fields, ...Fields[]],
	headers: Headers,
): Pick<Webhook, "secrets" | "signatures" | "signatureHeader"> {
	const [fields] = layers;
	const { secrets, schemes, header } = readSigning(layers);
	const idle = NEED_SECRET.find((key) => fields.has(key));
	if (idle !== undefined && secrets.length === 0 && !fields.has("secret")) {
		const remedy = `add secret = "\${WEBHOOK_SECRET}", or take ${idle} out`;
		fields.wrong(idle, `${idle} is in a hook that has no secret to sign with`, remedy);
	}
	for (const scheme of schemes) {
		for (const { reference, path } of signingSecrets(scheme, secrets)) {
			const problem = isLiteral(reference) && secretFault(scheme, literalParts(reference).join("").trim());
			if (problem) fields.problems.add("config_value", path, `secret ${problem}`, secretRemedy(scheme));
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
export function refuseIdleSigning(defaults: readonly Fields[], webhooks: readonly Fields[]): void {
	if (webhooks.length === 0 || [...defaults, ...webhooks].some((fields) => fields.has("secret"))) return;
	for (const fields of defaults) {
		for (const key of NEED_SECRET.filter((key) => fields.has(key))) {
			const message = `${key} is in the defaults, and no webhook has a secret to sign with`;
			fields.wrong(key, message, 'add secret = "${WEBHOOK_SECRET}" there or in a hook, or take it out');
		}
	}
}

/** What the tables say, the first one above the others. A scheme takes no header from below: that was another scheme's. */
export function readSigning(layers: readonly Fields[]): {
	readonly secrets: readonly Secret[];
	readonly schemes: readonly Signature[];
	readonly header: string | undefined;
} {
	let secrets: readonly Secret[] = [];
	let schemes: readonly Signature[] = ["rocky"];
	let header: string | undefined;
	for (const fields of layers.toReversed()) {
		const own = readSchemes(fields);
		if (fields.has("signature")) header = undefined;
		header = readSignatureHeader(fields, fields.has("signature") ? own : schemes) ?? header;
		schemes = own ?? schemes;
		secrets = readSecrets(fields) ?? secrets;
	}
	return { secrets, schemes, header };
}

/** The table's own secrets. */
export function readSecrets(fields: Fields): readonly Secret[] | undefined {
	const found = itemsOf(fields, "secret").flatMap((item) => {
		const reference = readFilled(item, "secret");
		return reference === undefined ? [] : [{ reference, path: item.at("secret") }];
	});
	return found.length === 0 ? undefined : found;
}

/** The table's own schemes. */
export function readSchemes(fields: Fields): readonly Signature[] | undefined {
	const found: Signature[] = [];
	for (const item of itemsOf(fields, "signature")) {
		const scheme = readChoice(item, "signature", SIGNATURES);
		if (scheme === undefined) continue;
		if (!found.includes(scheme)) found.push(scheme);
		else item.wrong("signature", `signature has ${quote(scheme)} twice`, "take one of the two out");
	}
	return found.length === 0 ? undefined : found;
}

/** `schemes` are those that it would rename the header of; undefined where they are wrong themselves. */
export function readSignatureHeader(fields: Fields, schemes?: readonly Signature[]): string | undefined {
	const header = readText(fields, "signature_header");
	if (header === undefined) return undefined;
	const wrong = (message: string, remedy: string) => fields.wrong("signature_header", message, remedy);
	const [first, ...others] = schemes ?? [];
	if (!isHeaderName(header)) {
		return wrong("signature_header is an invalid header name", "use letters, digits and hyphens, as in X-Signature");
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

/** The items of a list, each as if the key held it alone and at its own place; the table itself where it is not a list. */
function itemsOf(fields: Fields, key: string): readonly Fields[] {
	const value = fields.value(key);
	if (value === undefined) return [];
	if (!Array.isArray(value)) return [fields];
	if (value.length === 0) fields.wrong(key, `${key} is an empty list`, "name one, or leave the key out");
	const most = value.length > MAX_ITEMS;
	if (most) fields.wrong(key, `${key} has more than ${MAX_ITEMS} items`, "shorten the list");
	if (most) return [];
	return value.map((item: unknown, index) => new Fields({ [key]: item }, [...fields.at(key), index], fields.problems));
}

function secretRemedy(scheme: Signature): string {
	if (!SCHEMES[scheme].stamped) return "use one line of Latin-1 characters";
	return `take what \`openssl rand -base64 32\` prints, and give it as secret = "\${WEBHOOK_SECRET}"`;
}
