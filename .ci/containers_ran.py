"""Fails unless every integration test that is meant to has run against containers, and none of them was skipped."""

import pathlib
import sys
import xml.etree.ElementTree as ET

# How many tests of each class run against containers, at least.
EXPECTED = {
    "io.stillstream.containers.RealRegistryIT": 5,
    "io.stillstream.augmenter.AugmenterServiceIT": 6,
    "io.stillstream.labeler.LabelerServiceIT": 1,
    "io.stillstream.labeler.LabelerChaosIT": 1,
    "io.stillstream.trainer.TrainerIT": 16,
    "io.stillstream.local.demo.pipeline.DemoPipelineIT": 8,
    "io.stillstream.local.demo.pipeline.BrokerVersionsIT": 2,
    "io.stillstream.local.command.TopicsCommandIT": 7,
}

root = pathlib.Path(__file__).resolve().parent.parent
passed = {}
problems = []
for report in sorted(root.glob("**/target/containers-reports/TEST-*.xml")):
    suite = ET.parse(report).getroot()
    count = {key: int(suite.get(key, "0")) for key in ("tests", "skipped", "failures", "errors")}
    properties = {p.get("name"): p.get("value") for p in suite.iter("property")}
    if properties.get("stillstream.test-environment") != "containers":
        problems.append(f"{report.name}: did not run against containers")
    if count["skipped"] or count["failures"] or count["errors"]:
        problems.append(f"{report.name}: {count}")
    passed[suite.get("name")] = count["tests"]

for name, least in EXPECTED.items():
    if passed.get(name, 0) < least:
        problems.append(f"{name}: expected {least} tests, {passed.get(name, 0)} ran")

print(f"containers: {sum(passed.values())} tests in {len(passed)} classes, {len(problems)} problems")
sys.exit("\n".join(problems) if problems else 0)
