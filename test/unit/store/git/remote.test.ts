// Where a repository is, and who gets the token.
import { describe, expect, it } from "vitest";
import { readRemote } from "../../../../src/store/git/remote.ts";

const token = { value: "ghs_secret", server: "https://github.com/" };
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

it("gives the token to its own server", () => {
	expect(readRemote("https://github.com/acme/shop", token)).toEqual({
		url: "https://github.com/acme/shop",
		scheme: "https",
		authorization: basic("x-access-token:ghs_secret"),
		secrets: [basic("x-access-token:ghs_secret").slice("Basic ".length), "ghs_secret"],
	});
});

it.each(["https://github.com.evil.example/a", "https://github.com:444/a", "https://git.example/a"])(
	"does not give the token to %s",
	(url) => {
		expect(readRemote(url, token)).toEqual({ url, scheme: "https", secrets: [] });
	},
);

it("takes user and password out of a URL, and sends them instead of the token", () => {
	expect(readRemote("https://jo%40x:p%3Aw@github.com/acme/shop?a=b#c", token)).toEqual({
		url: "https://github.com/acme/shop",
		scheme: "https",
		authorization: basic("jo@x:p:w"),
		secrets: [basic("jo@x:p:w").slice("Basic ".length), "p:w"],
	});
});

it("gives a path no token", () => {
	expect(readRemote("/srv/git/records.git", token)).toEqual({
		url: "/srv/git/records.git",
		scheme: "file",
		secrets: [],
	});
});

describe("refuses what would run a program or send a token without encryption:", () => {
	it.each([
		"ext::sh -c x",
		"--upload-pack=x",
		"records.git",
		"http://github.com/a",
		"ssh://git@x/a",
		"git@x:a",
		"file:///a",
		"",
	])("%s", (remote) => {
		expect(readRemote(remote, token)).toEqual({
			problem: "the git store needs the https:// URL of a repository, or an absolute path",
		});
	});
});
