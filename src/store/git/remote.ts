// The repository that records are kept in: where it is, what it is called in messages, and who may ask it.
import { isAbsolute } from "node:path";
import type { StoreFailure } from "../../model/store.ts";

/** A token, and the only server that gets it: `https://github.com`. */
export interface ServerToken {
	readonly value: string;
	readonly server: string;
}

/** A repository as git reaches it. */
export interface Remote {
	/** Without user, password and query. */
	readonly url: string;
	readonly scheme: "https" | "file";
	/** The value of the header `Authorization` for its server. */
	readonly authorization?: string;
	/** What must never be shown. */
	readonly secrets: readonly string[];
}

/**
 * Reads `https://host/path`, which may have a user and a password, or an absolute path. Others would run programs (`ext::`)
 * or show the token on the way (`http:`).
 */
export function readRemote(text: string, token?: ServerToken): Remote | StoreFailure {
	if (isAbsolute(text)) return { url: text, scheme: "file", secrets: [] };
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url?.protocol !== "https:") {
		return { problem: "the git store needs the https:// URL of a repository, or an absolute path" };
	}
	const own = url.username === "" ? undefined : [decoded(url.username), decoded(url.password)];
	const isTheirs = token !== undefined && URL.canParse(token.server) && url.origin === new URL(token.server).origin;
	const [user, password = ""] = own ?? (isTheirs ? [TOKEN_USER, token.value] : []);
	const remote = { url: `${url.origin}${url.pathname}`, scheme: "https" } as const;
	if (user === undefined) return { ...remote, secrets: [] };
	const basic = Buffer.from(`${user}:${password}`).toString("base64");
	return { ...remote, authorization: `Basic ${basic}`, secrets: [basic, ...(password === "" ? [user] : [password])] };
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation */
const TOKEN_USER = "x-access-token";

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
