#!/usr/bin/env python3
"""Derives the schema of hashicorp/google from its prebuilt bindings, in the form of `tofu providers schema -json`.

    schema.py WHEEL TYPE... > schema.json

WHEEL is cdktn-provider-google's; a TYPE is a resource such as google_redis_instance.
The bindings tell names, types, nesting, and what is required. They do not tell the provider's validators, and which
optional attributes the provider fills in itself only in part.
"""

import io
import json
import re
import sys
import tarfile
import zipfile

PROVIDER = "registry.opentofu.org/hashicorp/google"
SCALARS = {"string": "string", "boolean": "bool", "number": "number"}
GETTERS = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
}
# Optional ones that the provider fills in where they are left out.
ALSO_COMPUTED = {"id", "project", "region", "zone", "location"}


def sources(wheel):
    """The JavaScript and the declarations of each type, by its folder in the bindings."""
    archive = zipfile.ZipFile(wheel)
    inner = next(name for name in archive.namelist() if name.endswith(".jsii.tgz"))
    folders = {}
    with tarfile.open(fileobj=io.BytesIO(archive.read(inner)), mode="r:gz") as package:
        for member in package:
            match = re.fullmatch(r"package/lib/([^/]+)/.+\.(d\.ts|js)", member.name)
            if match:
                folder = folders.setdefault(match[1], {"js": "", "d.ts": ""})
                folder[match[2]] += package.extractfile(member).read().decode()
    return folders


def folder_of(type_name):
    return type_name.removeprefix("google_").replace("_", "-")


class Bindings:
    """What the bindings of one type say."""

    def __init__(self, source):
        self.required = {
            match[1]: {
                prop[1]: prop[2] != "?" for prop in re.finditer(r"readonly (\w+)(\??):", without_comments(match[2]))
            }
            for match in re.finditer(r"^export interface (\w+)[^{]*\{\n(.*?)^\}", source["d.ts"], re.S | re.M)
        }
        self.writers = {
            match[1].lower(): match[2]
            for match in re.finditer(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", source["js"], re.S | re.M)
        }
        self.classes = {
            match[1]: match[2]
            for match in re.finditer(r"^class (\w+) extends [^{]*\{\n(.*?)^\}", source["js"], re.S | re.M)
        }

    def schema(self):
        name = next(name for name, body in self.classes.items() if "synthesizeHclAttributes" in body)
        written = self.classes[name][self.classes[name].index("synthesizeHclAttributes") :]
        return self.block(written, name + "Config", name)

    def block(self, written, interface, class_name):
        attributes, blocks = {}, {}
        for entry in arguments(written):
            required = self.required.get(interface, {}).get(entry["property"], False)
            if entry["is_block"]:
                blocks[entry["name"]] = self.nested(entry, class_name, required)
            else:
                attributes[entry["name"]] = argument(entry, required)
        for name, type_ in self.computed(class_name).items():
            if name not in attributes and name not in blocks:
                attributes[name] = {"type": type_, "computed": True}
        return {"attributes": attributes, "block_types": blocks}

    def nested(self, entry, class_name, required):
        element = entry["storage"].removesuffix("List")
        block = self.block(self.writers.get(element.lower(), ""), element, element + "OutputReference")
        if entry["type"] == "struct":
            return {"nesting_mode": "single", "block": block}
        nested = {"nesting_mode": "set" if entry["type"] == "set" else "list", "block": block}
        if re.search(
            rf'new (?:\w+\.)?{element}OutputReference\(this, "{entry["name"]}"', self.classes.get(class_name, "")
        ):
            nested["max_items"] = 1
        if required:
            nested["min_items"] = 1
        return nested

    def computed(self, class_name):
        """What has a getter and no setter: the provider alone fills it in."""
        body = self.classes.get(class_name, "")
        setters = set(re.findall(r"^\s+set (\w+)\(", body, re.M))
        found = {}
        for getter, expression in re.findall(r"^\s+get (\w+)\(\) \{\s*return ([^;]+);", body, re.M):
            if getter in setters or getter.endswith("Input") or getter == "internalValue":
                continue
            call = re.search(r"this\.(get\w+)\(['\"](\w+)['\"]\)", expression)
            if call:
                found[call[2]] = GETTERS.get(call[1], "dynamic")
                continue
            field = re.fullmatch(r"this\._(\w+)", expression)
            made = field and re.search(rf'\b_{field[1]} = new (?:\w+\.)?(\w+)\(this, "(\w+)"(?:, (true|false))?', body)
            if made:
                found[made[2]] = self.computed_type(made[1], is_set=made[3] == "true")
        return found

    def computed_type(self, class_name, is_set):
        maps = {"StringMap": "string", "NumberMap": "number", "BooleanMap": "bool"}
        if class_name in maps:
            return ["map", maps[class_name]]
        element = (
            class_name.removesuffix("List")
            if class_name.endswith("List")
            else class_name.removesuffix("OutputReference")
        )
        return ["set" if is_set else "list", ["object", self.computed(element + "OutputReference")]]


def without_comments(text):
    return re.sub(r"/\*\*.*?\*/", "", text, flags=re.S)


def arguments(written):
    """What a block takes, read from the code that writes it as HCL."""
    attrs = re.search(r"const attrs = \{\n(.*?)\n\s{4,8}\};", written, re.S)
    pattern = r"(\w+): \{\s*value: (.*?),\s*isBlock: (true|false),\s*type: \"(\w+)\",\s*storageClassType: \"(\w+)\""
    for name, value, is_block, type_, storage in re.findall(pattern, attrs[1] if attrs else "", re.S):
        properties = re.findall(r"(?:struct!?\.|this\._)(\w+)", value)
        yield {
            "name": name,
            "property": properties[0] if properties else None,
            "is_block": is_block == "true",
            "type": type_,
            "storage": storage,
        }


def argument(entry, required):
    if entry["type"] == "simple":
        type_ = SCALARS.get(entry["storage"], "string")
    else:
        type_ = [entry["type"], SCALARS.get(re.sub(r"(List|Set|Map)$", "", entry["storage"]), "string")]
    if required:
        return {"type": type_, "required": True}
    return {"type": type_, "optional": True, **({"computed": True} if entry["name"] in ALSO_COMPUTED else {})}


def main(wheel, types):
    folders = sources(wheel)
    missing = [name for name in types if folder_of(name) not in folders]
    if missing:
        sys.exit(f"schema.py: {wheel} does not know {', '.join(missing)}")
    schemas = {name: {"version": 0, "block": Bindings(folders[folder_of(name)]).schema()} for name in types}
    provider = Bindings(folders["provider"]).schema()
    # OpenTofu's own, not the provider's.
    provider["attributes"].pop("alias", None)
    json.dump(
        {
            "format_version": "1.0",
            "provider_schemas": {
                PROVIDER: {
                    "provider": {"version": 0, "block": provider},
                    "resource_schemas": schemas,
                }
            },
        },
        sys.stdout,
        separators=(",", ":"),
        sort_keys=True,
    )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: schema.py WHEEL TYPE...")
    main(sys.argv[1], sys.argv[2:])
