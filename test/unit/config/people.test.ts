// The people of a config: their keys, and the copies of webhooks that go to them.
import { describe, expect, it, test } from "vitest";
import type { Webhook } from "../../../src/model/hook.ts";
import { mistakes, onlyProblem, parse, warned } from "../../helpers/parse.ts";

const SLACK = '[[hook.webhooks.pipeline_error]]\nname = "a"\nurl = "https://e.x/"\npreset = "slack"\n';

describe("people", () => {
	it("are read with what names them", () => {
		const source = `${SLACK}[people.jane]\ngithub = "jane-doe"\nemail = "jane@example.com"\nslack = "@U012"\nteams = "jane@e.x"
discord = "123456789012345678"\nwebhook = "\${JANE}"\nadmin = true\n[people."the team"]\nmattermost = "team"\n`;
		const [jane, team] = parse(source).people;
		expect(jane).toMatchObject({ name: "jane", github: "jane-doe", email: "jane@example.com", admin: true });
		expect([...(jane?.handles ?? [])]).toEqual([
			["slack", "U012"],
			["teams", "jane@e.x"],
			["discord", "123456789012345678"],
		]);
		expect(jane?.webhook?.source).toBe("${JANE}");
		expect(team).toMatchObject({ name: "the team", webhook: undefined, admin: false });
		expect(parse(SLACK).people).toEqual([]);
	});

	test.each([
		['people = "jane"', "people must be a table, not a string"],
		['people.jane = "U012"', "people.jane must be a table, not a string"],
		['people.jane.slak = "U012"', 'unknown key "slak"'],
		['people.jane.slack = "jane"', 'slack is "jane", which mentions nobody in Slack'],
		['people.jane.discord = "jane"', 'discord is "jane", which mentions nobody in Discord'],
		["people.jane.admin = 1", "people.jane.admin must be true or false"],
	])("are refused as %s", (line, message) => {
		expect(onlyProblem(`${line}\n${SLACK}`).message).toContain(message);
	});
});

describe("copies", () => {
	const PEOPLE =
		'[people.jane]\nwebhook = "${JANE}"\n[people.joe]\nwebhook = "https://joe.x/"\nadmin = true\n[people.jo]\nslack = "U0JO"\n';
	const all = (source: string) =>
		parse(source + PEOPLE).hooks.map((hook): Partial<Webhook> => (hook.kind === "webhook" ? hook : {}));

	it("follow their hook, one for each who has a webhook", () => {
		const source = `${SLACK}send_to_owners = true\nbatch_size = 5\nfallback = "b"\nthen = ["b"]\nsecret = "\${S}"
headers = { Authorization = "Bearer \${T}", X-Team = "data", X-Room = "\${CHAT_TOKEN}", X-Org = "Basic dXNlcjpodW50ZXIy" }\n[[hook.pipeline_error]]\nname = "b"\ncommand = "x"\n`;
		const [own, jane, joe, other] = all(source);
		expect([own?.name, jane?.name, joe?.name, other]).toEqual(["a", "a (jane)", "a (joe)", {}]);
		expect(own).toMatchObject({ sendTo: ["owners"], batchSize: 5, fallback: "b" });
		expect(jane).toMatchObject({
			copyFor: "jane",
			url: { source: "${JANE}" },
			secrets: own?.secrets,
			selectors: own?.selectors,
			order: own?.order,
			onSuccess: [],
		});
		expect([jane?.batchSize, jane?.fallback, [...(jane?.headers?.keys() ?? [])]]).toEqual([
			undefined,
			undefined,
			["X-Team"],
		]);
		expect(joe?.url?.source).toBe("https://joe.x/");
	});

	it("for admins are those of admins", () => {
		expect(all(`${SLACK}send_to_admins = true\n`).map(({ name }) => name)).toEqual(["a", "a (joe)"]);
		expect(all(`${SLACK}send_to_admins = true\nsend_to_followers = true\n`)).toHaveLength(3);
		expect(all(SLACK)).toHaveLength(1);
	});

	it("are none where a message goes to an account, and mentions somebody", () => {
		const telegram =
			'[[hook.webhooks.ping]]\npreset = "telegram"\ntoken = "${T}"\nchat_id = "1"\nsend_to_owners = true\n';
		expect(all(telegram)).toHaveLength(1);
	});

	test.each([
		['on_failure = "abort"', "send_to_owners is for messages, and a gate asks one receiver"],
		['preset = "ntfy"\ntopic = "x"', "those to ntfy neither go to another url nor mention anybody"],
		['preset = "pagerduty"\nrouting_key = "${K}"', "those to PagerDuty neither go to another url nor mention anybody"],
	])("are refused of a webhook with %s", (lines, message) => {
		const source = `[[hook.webhooks.pipeline_error]]\nurl = "https://e.x/"\n${lines}\nsend_to_owners = true\n${PEOPLE}`;
		expect(mistakes(source)).toEqual([expect.stringContaining(message)]);
	});

	it("are refused where nothing would fire them, and where their name or their address is wrong", () => {
		const reached = `[[hook.pipeline_error]]\ncommand = "x"\nthen = ["a"]\n[[subscription]]\nname = "a"\nurl = "https://e.x/"\nsend_to_owners = true\n`;
		expect(mistakes(reached + PEOPLE)).toEqual([expect.stringContaining("this hook has no events of its own")]);
		const twin = `${SLACK}send_to_owners = true\n[[hook.ping]]\nname = "a (joe)"\ncommand = "x"\n`;
		expect(mistakes(twin + PEOPLE)).toEqual(['2:1 name "a (joe)" is that of a copy for joe']);
		expect(onlyProblem(`${SLACK}send_to_owners = true\n${PEOPLE.replace("https://joe", "http://joe")}`)).toMatchObject({
			message: expect.stringMatching(/^webhook /),
			place: { line: 9 },
		});
	});
});

it("is told of a webhook that is written out, and shows nothing of it", () => {
	const source = `${SLACK}[people.joe]\nwebhook = "https://hooks.slack.com/services/T012/B012/Qz7Kp2Xw9Rt4Lm8N"\n`;
	expect(warned(source)).toEqual([expect.stringMatching(/^6:1 literal_secret: people.joe.webhook is a credential/)]);
	expect(JSON.stringify(parse(source).warnings)).not.toContain("Qz7Kp2Xw9");
});

describe("a config without people", () => {
	it("is told of whom nobody gets", () => {
		expect(warned(`${SLACK}mention = ["here", "@author"]\nsend_to_owners = true\n`)).toEqual([
			'5:20 unknown_mention: mention has "@author", and the config has no people, so nobody gets it',
			"6:1 unknown_mention: send_to_owners is true, and the config has no people, so nobody gets it",
		]);
		expect(warned(`${SLACK}mention = ["@author", "@owner"]\n[people.jo]\nslack = "U0JO"\n`)).toEqual([]);
	});
});
