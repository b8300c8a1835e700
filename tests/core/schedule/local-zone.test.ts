import { expect, it } from "vitest";
import { localZone } from "../../../src/core/schedule/local-zone.js";
import { checkZone, machineZone } from "../../../src/core/schedule/zone.js";

it.each([
  ["Europe/Berlin", "Europe/Berlin"],
  [":Europe/Berlin", "Europe/Berlin"],
  ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
  [":/usr/share/zoneinfo/posix/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"],
  ["/etc/localtime", machineZone()],
  [":/etc/localtime", machineZone()],
  ["", "UTC"],
  [":", "UTC"],
  ["EST5EDT", "EST5EDT"],
  ["CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3"],
  ["<+03>-3", "<+03>-3"],
])("TZ=%s is the zone %s", (TZ, zone) => expect(localZone({ TZ })).toBe(zone));

it("without TZ it is the machine's", () => {
  expect(localZone({})).toBe(machineZone());
});

it.each(["Mars/Olympus", "CET-1CEST", "/srv/zones/Berlin", "right/Europe/Berlin", "+02:00"])(
  "TZ=%s is refused",
  (TZ) => {
    expect(() => localZone({ TZ })).toThrow(
      expect.objectContaining({ code: "unusable", message: expect.stringContaining("which is no time zone") }),
    );
  },
);

it("a schedule's zone is read in the same way", () => {
  expect(checkZone(":/usr/share/zoneinfo/Europe/Berlin")).toBe("Europe/Berlin");
  expect(checkZone("UTC0")).toBe("UTC0");
});
