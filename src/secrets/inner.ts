// The credential inside of a secret: behind a scheme or a keyword, among settings, in base64.

/** What a header, a `.netrc` or a log writes before a credential. */
const KEYWORD = /(?:^|\s)(?:basic|bearer|token|bot|apikey|api-key|geniekey|password|passwd)\s+["']?([^\s"',;]+)/gi;

/** The settings of a connection string or a header, each with its name, and of an `.npmrc` the part behind the host. */
const SETTING = /(?:^|[\s;,&])(?:\/\/\S+?:)?["']?([\w.-]+)["']?\s*[=:]\s*["']?([^\s"',;&]+)/g;

/** The credentials that follow a keyword: of `Bearer abc` what is sent as the token. */
export function keywordSecrets(line: string): readonly string[] {
	return Array.from(line.matchAll(KEYWORD), ([, value = ""]) => value);
}

/** The settings in a line: `Server=db;Password=abc` has two. */
export function settingsIn(line: string): readonly (readonly [name: string, value: string])[] {
	return Array.from(line.matchAll(SETTING), ([, name = "", value = ""]) => [name, value] as const);
}

/** Bytes below which text in base64 cannot be told from a word. */
const SHORTEST_TEXT = 8;

/** The text that a secret is the base64 of, as the key of `whsec_…` or a Basic credential may be; undefined for none. */
export function textInBase64(secret: string): string | undefined {
	const code = secret.replaceAll(/\s/g, "");
	if (!/^[\w+/-]+={0,2}$/.test(code)) return undefined;
	const bytes = Buffer.from(code, "base64");
	if (bytes.length < SHORTEST_TEXT) return undefined;
	const text = bytes.toString("latin1");
	return /^[\t\n\r -~]+$/.test(text) ? text : undefined;
}
