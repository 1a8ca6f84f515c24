package policy

import "unicode"

// asciiLookAlikes are the characters that look like ASCII letters, digits and signs,
// whatever is beside them. Common texts do not need them.
var asciiLookAlikes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0250, Hi: 0x02ff, Stride: 1}, // phonetic letters and modifiers
		{Lo: 0x03e2, Hi: 0x03ef, Stride: 1}, // Coptic
		{Lo: 0x0589, Hi: 0x0589, Stride: 1}, // a full stop like a colon
		{Lo: 0x05c3, Hi: 0x05c3, Stride: 1},
		{Lo: 0x066a, Hi: 0x066d, Stride: 1}, // like %, comma and asterisk
		{Lo: 0x0701, Hi: 0x0709, Stride: 1}, // like full stops and colons
		{Lo: 0x13a0, Hi: 0x13ff, Stride: 1}, // Cherokee
		{Lo: 0x1680, Hi: 0x16ff, Stride: 1}, // Ogham and runes
		{Lo: 0x1d00, Hi: 0x1dbf, Stride: 1}, // phonetic letters
		{Lo: 0x2010, Hi: 0x2012, Stride: 1}, // like hyphens
		{Lo: 0x2024, Hi: 0x2025, Stride: 1}, // like full stops
		{Lo: 0x2044, Hi: 0x2044, Stride: 1}, // like a slash
		{Lo: 0x2102, Hi: 0x2102, Stride: 1}, // letters of mathematics, and those like K and Å
		{Lo: 0x2107, Hi: 0x2107, Stride: 1},
		{Lo: 0x210a, Hi: 0x2115, Stride: 1},
		{Lo: 0x2118, Hi: 0x211d, Stride: 1},
		{Lo: 0x2124, Hi: 0x214f, Stride: 1},
		{Lo: 0x2150, Hi: 0x218f, Stride: 1}, // numbers like letters
		{Lo: 0x2212, Hi: 0x2212, Stride: 1}, // like a hyphen
		{Lo: 0x2215, Hi: 0x2219, Stride: 1}, // like a slash, a backslash and full stops
		{Lo: 0x2223, Hi: 0x2223, Stride: 1},
		{Lo: 0x2236, Hi: 0x2236, Stride: 1}, // like a colon
		{Lo: 0x223c, Hi: 0x223c, Stride: 1},
		{Lo: 0x2460, Hi: 0x24ff, Stride: 1}, // letters in circles
		{Lo: 0x2571, Hi: 0x2572, Stride: 1},
		{Lo: 0x29f8, Hi: 0x29f9, Stride: 1},
		{Lo: 0x2c60, Hi: 0x2c7f, Stride: 1}, // Latin letters of phonetics
		{Lo: 0x2c80, Hi: 0x2cff, Stride: 1}, // Coptic
		{Lo: 0xa4d0, Hi: 0xa4ff, Stride: 1}, // Lisu
		{Lo: 0xa720, Hi: 0xa7ff, Stride: 1}, // Latin letters of phonetics
		{Lo: 0xab30, Hi: 0xabbf, Stride: 1}, // and Cherokee
		{Lo: 0xfb00, Hi: 0xfb17, Stride: 1}, // ligatures
		{Lo: 0xff0f, Hi: 0xff19, Stride: 1}, // full-width digits and the slash
		{Lo: 0xff20, Hi: 0xff40, Stride: 1}, // and letters
		{Lo: 0xff41, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffee, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x10000, Hi: 0x1efff, Stride: 1}, // other alphabets, and the letters of mathematics
		{Lo: 0x1f100, Hi: 0x1f1ff, Stride: 1}, // letters in squares
	},
}

// quotationLookAlikes are the characters that look like the quotation marks and brackets
// that a question is written with. Prose has some of them.
var quotationLookAlikes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x05f4, Hi: 0x05f4, Stride: 1}, // like a quotation mark
		{Lo: 0x2016, Hi: 0x2017, Stride: 1},
		{Lo: 0x201c, Hi: 0x201f, Stride: 1}, // quotation marks
		{Lo: 0x2032, Hi: 0x203a, Stride: 1}, // like quotation marks
		{Lo: 0x2057, Hi: 0x2057, Stride: 1},
		{Lo: 0x275b, Hi: 0x2775, Stride: 1}, // ornaments like quotation marks and brackets
		{Lo: 0x27e6, Hi: 0x27ef, Stride: 1},
		{Lo: 0x3003, Hi: 0x3003, Stride: 1},
		{Lo: 0x301d, Hi: 0x301f, Stride: 1},
		{Lo: 0xff02, Hi: 0xff02, Stride: 1},
		{Lo: 0xff07, Hi: 0xff07, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f676, Hi: 0x1f678, Stride: 1},
	},
}

// scriptSigns are those of asciiLookAlikes that are common between letters and digits of
// their own script: full stops, and signs of numbers.
var scriptSigns = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0589, Hi: 0x0589, Stride: 1},
		{Lo: 0x05c3, Hi: 0x05c3, Stride: 1},
		{Lo: 0x066a, Hi: 0x066d, Stride: 1},
		{Lo: 0x0701, Hi: 0x0709, Stride: 1},
	},
}

// latinLookAlikes are the letters of other alphabets that look like Latin ones.
const latinLookAlikes = "абвекмнорстухіјѕһӏԁԛԝьАВЕЅІЈКМНОРСТУХҮԚԜҺЬЗ" + "αικνορτυχγεΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ" + "աոսօհցքզյլՕՍՏԼ"
