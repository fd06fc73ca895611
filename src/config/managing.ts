// What few configs need, as a bundle that is loaded only for them.
export { readMutes } from "../manage/mutes.ts";
export { openPeople } from "../manage/people.ts";
export { readPeople, withCopies } from "./people.ts";
