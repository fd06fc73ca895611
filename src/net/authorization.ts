// The authorization that a URL itself carries, which undici passes over.

/** As Node's own client does with a URL's user and password. Throws for those that are no percent-encoded UTF-8. */
export function authorizationOf({ username, password }: URL): string | undefined {
	if (username === "" && password === "") return undefined;
	const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
