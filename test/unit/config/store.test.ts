// `[store]` and the keys of hooks that belong to it: what they mean, and what is refused.
import { describe, expect, it } from "vitest";
import { mistakes, parse, warned, webhook } from "../../helpers/parse.ts";

const HOOK = '[hook.webhooks.pipeline_error]\nurl = "https://example.com/"\n';
const MINUTE = 60_000;

describe("a store", () => {
	it("is none where the config has no such table", () => {
		expect(parse(HOOK).store).toBeUndefined();
	});

	it("is a file of SQLite by default, with the schedule of OpenMetadata", () => {
		expect(parse(`${HOOK}[store]`).store).toEqual({
			kind: "sqlite",
			schedule: [1, 5, 15, 60, 240, 720].map((minutes) => minutes * MINUTE),
		});
	});

	it("has times in seconds, minutes, hours and days, and as numbers of seconds", () => {
		const config = parse(`${HOOK}[store]\nkind = "git"\nschedule = ["90s", "2 m", "1h", "3d", 30]`);
		expect(config.store?.schedule).toEqual([90_000, 2 * MINUTE, 60 * MINUTE, 3 * 1440 * MINUTE, 30_000]);
	});

	it.each([
		['kind = "redis"', '4:1 store.kind is "redis", which is not one of sqlite, git, nats, results'],
		["schedule = []", "4:1 store.schedule is empty"],
		['schedule = "1m"', "4:1 store.schedule must be a list of times, not a string"],
		['schedule = ["1m", "soon"]', "4:19 store.schedule must be a time from 1s to 365d"],
		["schedule = [0]", "4:13 store.schedule must be a time from 1s to 365d"],
		["schedule = [1.5]", "4:13 store.schedule must be a time from 1s to 365d"],
		['schedule = ["999d"]', "4:13 store.schedule must be a time from 1s to 365d"],
		['kind = "git"\npath = "x.db"', "5:1 path is for a store of sqlite, and this one is of git"],
		['url = "https://example.com/"', "4:1 url is for a store of git or nats, and this one is of sqlite"],
		['path = "~/state.db"', "4:1 path begins with ~, which only a shell knows"],
		['kind = "nats"', "3:1 url is missing"],
		['file = "x"', '4:1 unknown key "file"'],
	])("cannot have %j", (line, mistake) => {
		expect(mistakes(`${HOOK}[store]\n${line}`)).toEqual([mistake]);
	});

	it.each(["https://bot:s3cret-pass@git.example.com/acme/shop", "nats://store:s3cret-pass@nats.example.com:4222"])(
		"with a password in its url %s is warned of, once",
		(url) => {
			const kind = url.startsWith("nats") ? "nats" : "git";
			const config = `${HOOK}${HOOK.replace("error", "start")}[store]\nkind = "${kind}"\nurl = "${url}"`;
			expect(warned(config)).toEqual([
				"7:1 literal_secret: store.url is a credential, which everyone who reads this file can use",
			]);
			expect(warned(config.replace(url, `\${STORE_URL}`))).toEqual([]);
		},
	);

	it("must be a table", () => {
		expect(mistakes(`store = "git"\n${HOOK}`)).toEqual(["1:1 store must be a table, not a string"]);
	});
});

describe("a webhook", () => {
	it("has a schedule, a greatest age and its own word on what is superseded", () => {
		const own = webhook(`${HOOK}schedule = ["10s"]\nmax_age = "2h"\nsupersede = false`);
		expect(own).toMatchObject({ schedule: [10_000], maxAgeMs: 120 * MINUTE, supersede: false });
		expect(webhook(HOOK)).toMatchObject({ schedule: undefined, maxAgeMs: undefined, supersede: undefined });
	});

	it("takes them from the defaults of webhooks", () => {
		expect(webhook(`[defaults.webhook]\nmax_age = 3600\n${HOOK}`).maxAgeMs).toBe(60 * MINUTE);
	});
});
