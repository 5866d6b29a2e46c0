# SPDX-License-Identifier: Apache-2.0
"""What tests/e2e/charts.sh has drawn: SVG that is XML with the labels of its chart, PNG of the
size asked for that is more than white.

    charts.py FOLDER
"""
import os
import struct
import sys
import xml.etree.ElementTree as xml
import zlib

FOLDER = sys.argv[1]


def text_of(name):
    """All text of an SVG."""
    root = xml.parse(os.path.join(FOLDER, name + ".svg")).getroot()
    assert root.tag.endswith("}svg"), name
    return " ".join("".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("}text"))


def png_colours(name):
    """The colours of a PNG of 900 by 500 with 8 bits a channel."""
    data = open(os.path.join(FOLDER, name + ".png"), "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", name
    chunks, at = [], 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0], name
        chunks.append((kind, body))
        at += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    assert (width, height, depth) == (900, 500, 8), name
    channels = {2: 3, 6: 4}[colour]
    raw = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    stride = width * channels
    assert len(raw) == height * (stride + 1), name
    return unfiltered(raw, stride, channels)


def unfiltered(raw, stride, channels):
    """The colours of lines that are filtered as PNG has it (W3C PNG, 9: Filtering)."""
    colours, above = set(), bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, line = raw[start], bytearray(raw[start + 1:start + 1 + stride])
        for i in range(stride):
            left = line[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            line[i] = (line[i] + predicted(kind, left, above[i], corner)) & 255
        colours.update(bytes(line[i:i + 3]) for i in range(0, stride, channels))
        above = line
    return colours


def predicted(kind, left, up, corner):
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def has(name, *words):
    text = text_of(name)
    for word in words:
        assert word in text, f"{name}: no {word!r} in {text!r}"


BLUE, RED, BAND = (b"\x21\x71\xb5", b"\xcb\x18\x1d", b"\xc6\xdb\xef")
has("funnel-en", "Prospecting", "Negotiation", "Amount", "900")
has("funnel-zh", "初步接触", "商务谈判", "金额", "500")
has("forecast-en", "Forecast from history")
has("forecast-zh", "历史预测")
has("revenue-en", "Revenue", "Target", "By month")
has("revenue-zh", "销售额", "目标")
has("orders-en", "Orders", "Target")
has("orders-zh", "订单数", "目标")
for language in ("en", "zh"):
    assert "Revenue" not in text_of("orders-" + language) and "销售额" not in text_of("orders-" + language)
for chart, colours in (("funnel", ()), ("forecast", (BLUE, BAND)), ("revenue", (RED,)), ("orders", (RED,))):
    there = png_colours(chart + "-en")
    assert len(there) > 8, chart
    for colour in colours:
        assert colour in there, f"{chart}-en.png: no {colour.hex()}"
    # Where there is no Chinese font its boxes may hide anything.
    assert len(png_colours(chart + "-zh")) > 1, chart
# Bars of orders reach 1, their targets 2: the axis does not go to thousands.
assert "10000" not in text_of("orders-en"), text_of("orders-en")
print("charts: good")
