// How inserted text is escaped for the body that it becomes a part of.

/** How inserted values are escaped; decided by the message's content type. */
export type Escaping = "json" | "form" | "none";

const JSON_TYPE = /^(?:application\/json|[^/\s]+\/[^/\s]+\+json)$/;

/** The escaping for the value of a `content-type` header, whatever its case and parameters. */
export function escapingFor(contentType: string): Escaping {
	const type = contentType.replace(/;.*$/s, "").trim().toLowerCase();
	if (JSON_TYPE.test(type)) return "json";
	return type === "application/x-www-form-urlencoded" ? "form" : "none";
}

/**
 * Escapes a text. For JSON it is what stands between the quotes of a string; for a form, what follows a `name=`
 * (https://url.spec.whatwg.org/#urlencoded-serializing, lone surrogates as U+FFFD).
 */
export function escapeText(text: string, escaping: Escaping): string {
	switch (escaping) {
		case "json":
			return JSON.stringify(text).slice(1, -1);
		case "form":
			return new URLSearchParams([["", text]]).toString().slice(1);
		case "none":
			return text;
	}
}
