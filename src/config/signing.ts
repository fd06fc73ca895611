// How a webhook is signed: its `secret`, `signature` and `signature_header` together.
import type { Webhook } from "../model/hook.ts";
import { isLiteral, literalParts } from "../model/reference.ts";
import { headersOf, SCHEMES, type Signature, secretProblem, signingSecrets } from "../signature/schemes.ts";
import type { Fields } from "./fields.ts";
import { type Layers, setting } from "./keys.ts";
import { WEBHOOK } from "./schema.ts";
import type { Headers } from "./values.ts";

/** The keys that mean nothing without a secret. */
const NEED_SECRET = ["signature", "signature_header"];

/**
 * How a hook signs. Reports contradictions: a scheme without a secret, a secret that its scheme cannot use, a header of
 * the hook with the name of the signature's.
 */
export function hookSigning(
	layers: Layers,
	headers: Headers,
): Pick<Webhook, "secrets" | "signatures" | "signatureHeader"> {
	const [fields] = layers;
	const secrets = setting(WEBHOOK.secret, layers) ?? [];
	const schemes = setting(WEBHOOK.signature, layers) ?? ["rocky"];
	// A header in a lower table belongs to another scheme.
	const top = layers.find((layer) => NEED_SECRET.some((key) => layer.has(key)));
	const header = top && readHeader(top, schemes);
	const idle = NEED_SECRET.find((key) => fields.has(key));
	if (idle !== undefined && secrets.length === 0 && !fields.has("secret")) {
		const remedy = `add secret = "\${WEBHOOK_SECRET}", or remove ${idle}`;
		fields.wrong(idle, `${idle} is in a hook that has no secret to sign with`, remedy);
	}
	for (const scheme of schemes) {
		for (const { reference, path } of signingSecrets(scheme, secrets)) {
			const problem = isLiteral(reference) && secretProblem(scheme, literalParts(reference).join("").trim());
			if (problem) fields.problems.add("config_value", path, `secret ${problem}`, secretRemedy(scheme));
		}
	}
	for (const name of secrets.length === 0 ? [] : schemes.flatMap((scheme) => headersOf(scheme, header))) {
		const own = headers.get(name.toLowerCase());
		if (own === undefined) continue;
		const remedy = "remove it, or rename the signature's by signature_header";
		fields.problems.add("config_value", own.path, `headers.${own.name} is where the signature goes`, remedy);
	}
	return { secrets: secrets.map(({ reference }) => reference), signatures: schemes, signatureHeader: header };
}

/** Reports schemes and headers in the defaults if no webhook is signed. */
export function refuseIdleSigning(defaults: readonly Fields[], webhooks: readonly Fields[]): void {
	if (webhooks.length === 0 || [...defaults, ...webhooks].some((fields) => fields.has("secret"))) return;
	for (const fields of defaults) {
		for (const key of NEED_SECRET.filter((key) => fields.has(key))) {
			const message = `${key} is in the defaults, and no webhook has a secret to sign with`;
			fields.wrong(key, message, 'add secret = "${WEBHOOK_SECRET}" there or in a hook, or remove it');
		}
	}
}

/** The new name of the signature's header; there must be one scheme, and its header must not be fixed. */
function readHeader(fields: Fields, [first, ...others]: readonly Signature[]): string | undefined {
	const header = WEBHOOK.signatureHeader.read(fields);
	const wrong = (message: string, remedy: string) => fields.wrong("signature_header", message, remedy);
	if (header !== undefined && others.length > 0) {
		return wrong("signature_header renames one header, and there are several signatures", "keep one of them");
	}
	if (header !== undefined && first !== undefined && SCHEMES[first].stamped) {
		return wrong(`signature_header cannot be used with ${first}, whose headers cannot be renamed`, "remove it");
	}
	return header;
}

function secretRemedy(scheme: Signature): string {
	if (!SCHEMES[scheme].stamped) return "use one line of Latin-1 characters";
	return `take what \`openssl rand -base64 32\` prints, and give it as secret = "\${WEBHOOK_SECRET}"`;
}
