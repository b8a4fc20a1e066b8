"""Counts the tests of the last build, from the reports of Surefire and Failsafe: 'N passed, N failed, N skipped'.

A test that failed and then passed counts as passed and is named, with what it said the first time. One that was skipped is
named and is a failure: whatever may be missing elsewhere, CI has installed.
"""

import pathlib
import sys
import xml.etree.ElementTree as ET

root = pathlib.Path(__file__).resolve().parent.parent
tests = failed = skipped = 0
for kind in ("surefire", "failsafe", "containers"):
    for report in root.glob(f"**/target/{kind}-reports/TEST-*.xml"):
        suite = ET.parse(report).getroot()
        tests += int(suite.get("tests", "0"))
        failed += int(suite.get("failures", "0")) + int(suite.get("errors", "0"))
        skipped += int(suite.get("skipped", "0"))
        for case in suite.iter("testcase"):
            if case.find("skipped") is not None:
                print(f"skipped: {case.get('classname')}.{case.get('name')}")
            for flake in [*case.findall("flakyFailure"), *case.findall("flakyError")]:
                print(f"passed at the second try: {case.get('classname')}.{case.get('name')}: {flake.get('message')}")
print(f"{tests - failed - skipped} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or skipped or not tests else 0)
