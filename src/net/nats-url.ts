// URLs of NATS: `nats://user:password@host:4222/subject`, or a token in place of the user.

/** The URL, or why the text is not one; `what` follows `url`. Quotes no part of it. */
type Parsed = { readonly url: URL } | { readonly what: string; readonly remedy: string };

/** Whether a text, perhaps only the beginning of one, is a URL of NATS. */
export function isNatsUrl(text: string): boolean {
	return /^\s*(?:nats|tls):/i.test(text);
}

/** Whether messages for the URL are published on NATS. */
export function isNats({ protocol }: URL): boolean {
	return protocol === "nats:" || protocol === "tls:";
}

/** A URL of NATS with a subject where it names none; any other text as it is. */
export function withSubject(text: string, subject: string | undefined): string {
	const isBare = subject !== undefined && isNatsUrl(text) && /^\s*\w+:\/\/[^/\s]+\/?\s*$/.test(text);
	return isBare ? `${text.trim().replace(/\/$/, "")}/${subject}` : text;
}

const PARTS = /^(nats|tls):\/\/([^/?#\\]+)(?:\/([^\\]*))?$/i;

/** Without wildcards, and without what begins with `$` or `_INBOX`, which is NATS's own (https://docs.nats.io/nats-concepts/subjects). */
const SUBJECT = /^(?!_INBOX(?:[._]|$))[\w:=-]+(?:\.[\w:=-]+)*$/;

/** Parses a URL; its host is spelled as in every other URL, and it always has a port. */
export function parseNatsUrl(text: string): Parsed {
	const [, scheme = "", authority = "", subject = ""] = PARTS.exec(text) ?? [];
	if (authority.includes(",")) {
		return { what: "names several servers", remedy: "name one" };
	}
	// The URL parser leaves the host of a scheme that it does not know as it is, so that `0x7f.1` would pass for a name.
	const [http, https] = ["http", "https"].map((known) => {
		return URL.canParse(`${known}://${authority}`) ? new URL(`${known}://${authority}`) : undefined;
	});
	if (http === undefined || https === undefined) {
		return { what: "is not a NATS URL", remedy: "write it as nats://host:4222/subject" };
	}
	if (subject === "") {
		return { what: "has no subject", remedy: "write it behind the host, as in nats://host:4222/ci.events" };
	}
	if (!SUBJECT.test(subject)) {
		const remedy = "use letters, digits, - and _, with dots in between, as in ci.events";
		return { what: "has a subject that nothing can be published to", remedy };
	}
	const { username, password, hostname } = http;
	const user = `${username}${password === "" ? "" : `:${password}`}`;
	// Each of the two drops its own port.
	const port = http.port || https.port || "4222";
	return { url: new URL(`${scheme.toLowerCase()}://${user === "" ? "" : `${user}@`}${hostname}:${port}/${subject}`) };
}

/** A URL of NATS for a connection that is encrypted, or is not made; any other as it is. */
export function withTls({ href }: URL): URL {
	return new URL(href.replace(/^nats:/, "tls:"));
}
