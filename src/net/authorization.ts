// The authorization that a URL itself carries.

/** As Node's own client makes of a URL's user and password. Throws for those that are not percent-encoded UTF-8. */
export function authorizationOf({ username, password }: URL): string | undefined {
	if (username === "" && password === "") return undefined;
	const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	return `Basic ${Buffer.from(credentials).toString("base64")}`;
}
