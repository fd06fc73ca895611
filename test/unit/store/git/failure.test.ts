// What git says when it fails: explained where it is known, and quoted without secrets where it is not.
import { expect, it } from "vitest";
import { gitFailure, passes, quoted } from "../../../../src/store/git/failure.ts";
import type { Remote } from "../../../../src/store/git/remote.ts";
import { withinCpuTime } from "../../../helpers/cpu-time.ts";

const remote: Remote = { url: "https://git.example/a/b", scheme: "https", secrets: ["ghs_secret", "eDpnaHM="] };

it.each([
	["fatal: unable to access 'https://git.example/a/b/': The requested URL returned error: 403", "may not be used"],
	["remote: Permission to a/b.git denied to github-actions[bot].\nfatal: unable to access 'x'", "may not be used"],
	["fatal: could not read Username for 'https://git.example': terminal prompts disabled", "does not accept the token"],
	["remote: Repository not found.\nfatal: repository 'https://git.example/a/b/' not found", "is not there"],
	["fatal: detected dubious ownership in repository at '/srv/b.git'", "belongs to another user"],
])("explains %j", (said, problem) => {
	expect(gitFailure(remote, said)).toEqual({ problem: expect.stringContaining(`https://git.example/a/b ${problem}`) });
	expect(passes(said)).toBe(false);
});

it("says what the server says of a refusal", () => {
	const said = "remote: The 'acme' organization has enforced SAML SSO.\nfatal: The requested URL returned error: 403\n";
	expect(gitFailure(remote, said)).toEqual({
		problem:
			"https://git.example/a/b may not be used with this token (403): the job needs `permissions: contents: write`; it says: The 'acme' organization has enforced SAML SSO.",
	});
});

it.each([
	"fatal: unable to access 'x': Could not resolve host: git.example",
	"fatal: unable to access 'x': The requested URL returned error: 502",
	"error: RPC failed; curl 56 GnuTLS recv error (-110)\nfatal: the remote end hung up unexpectedly",
])("takes for what passes %j", (said) => {
	expect(passes(said)).toBe(true);
});

it("quotes without secrets, control characters and advice", () => {
	const said =
		"hint: try again\nfatal: no 'https://jo:pw@git.example/ghs_secret' \u001b[31meDpnaHM=\nerror: failed to push some refs to 'x'\n";
	expect(quoted(remote, said)).toBe("no 'https://***@git.example/***' ***");
	expect(quoted(remote, "")).toBe("git failed and did not say why");
});

it.each(["repository ", "Permission to ", "//", "fatal: "])("reads much of %j in little time", (said) => {
	withinCpuTime(1500, () => {
		gitFailure(remote, `remote: ${said.repeat(200_000 / said.length)}`);
	});
});
