"""Records in Confluent's wire format: a zero byte, four bytes with the schema's id, and Avro's binary form."""

import functools
import io
import pathlib
import struct

import schema_registry

try:
    import avro.io
    import avro.schema
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"{error}: pip install avro, or apt-get install python3-avro") from None

SCHEMAS = pathlib.Path(__file__).resolve().parents[3] / "schemas/src/main/avro"


@functools.cache
def reader(schema_id):
    return avro.io.DatumReader(avro.schema.parse(schema_registry.schema(schema_id)))


def decode(name, value):
    """The record of that name, as a dict. An exception says why the value is none."""
    magic, schema_id = struct.unpack_from(">BI", value)
    if magic != 0:
        raise ValueError(f"its first byte is {magic}, not 0")
    if (found := reader(schema_id).writers_schema.name) != name:
        raise ValueError(f"it is of type {found}, not {name}")
    return reader(schema_id).read(avro.io.BinaryDecoder(io.BytesIO(value[5:])))


@functools.cache
def writer(topic, name):
    schema = (SCHEMAS / f"{name}.avsc").read_text("utf-8")
    return schema_registry.register(f"{topic}-value", schema), avro.io.DatumWriter(avro.schema.parse(schema))


def encode(topic, name, record):
    """The value of a record of that topic. An exception says what in it does not fit the schema."""
    schema_id, datums = writer(topic, name)
    value = io.BytesIO()
    datums.write(record, avro.io.BinaryEncoder(value))
    return struct.pack(">BI", 0, schema_id) + value.getvalue()
