/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "chip/device.h"
#include "compat/stm32flash_chips.h"

/* As stm32flash 0.7 tells them, where its sizes are wrong too: programs compare these lines. */
static const struct {
	uint16_t id;
	const char *name;
	struct stm32flash_sizes sizes;
} rows[] = {
	{ 0x440, "STM32F030x8/F05xxx", { 8, 0x800, 64, 4, 1024, 0x10, 3 } },
	{ 0x444, "STM32F03xx4/6", { 4, 0x800, 32, 4, 1024, 0x10, 3 } },
	{ 0x442, "STM32F030xC/F09xxx", { 32, 0x1800, 256, 2, 2048, 0x10, 8 } },
	{ 0x445, "STM32F04xxx/F070x6", { 6, 0x1800, 32, 4, 1024, 0x10, 13 } },
	{ 0x448, "STM32F070xB/F071xx/F72xx", { 16, 0x1800, 128, 2, 2048, 0x10, 12 } },
	{ 0x412, "STM32F10xxx Low-density", { 10, 0x200, 32, 4, 1024, 0x10, 2 } },
	{ 0x410, "STM32F10xxx Medium-density", { 20, 0x200, 128, 4, 1024, 0x10, 2 } },
	{ 0x414, "STM32F10xxx High-density", { 64, 0x200, 512, 2, 2048, 0x10, 2 } },
	{ 0x420, "STM32F10xxx Medium-density VL", { 8, 0x200, 128, 4, 1024, 0x10, 2 } },
	{ 0x428, "STM32F10xxx High-density VL", { 32, 0x200, 512, 2, 2048, 0x10, 2 } },
	{ 0x418, "STM32F105xx/F107xx", { 64, 0x1000, 256, 2, 2048, 0x10, 18 } },
	{ 0x430, "STM32F10xxx XL-density", { 96, 0x800, 1024, 2, 2048, 0x10, 6 } },
	{ 0x411, "STM32F2xxxx", { 128, 0x2000, 1024, 1, 16384, 0x10, 30 } },
	{ 0x432, "STM32F373xx/F378xx", { 32, 0x1400, 256, 2, 2048, 0x10, 8 } },
	{ 0x422, "STM32F302xB(C)/F303xB(C)/F358xx", { 40, 0x1400, 256, 2, 2048, 0x10, 8 } },
	{ 0x439, "STM32F301xx/F302x4(6/8)/F318xx", { 16, 0x1800, 64, 2, 2048, 0x10, 8 } },
	{ 0x438, "STM32F303x4(6/8)/F334xx/F328xx", { 12, 0x1800, 64, 2, 2048, 0x10, 8 } },
	{ 0x446, "STM32F302xD(E)/F303xD(E)/F398xx", { 64, 0x1800, 512, 2, 2048, 0x10, 8 } },
	{ 0x413, "STM32F40xxx/41xxx", { 128, 0x3000, 1024, 1, 16384, 0x10, 30 } },
	{ 0x419, "STM32F42xxx/43xxx", { 192, 0x3000, 2048, 1, 16384, 0x10010, 30 } },
	{ 0x423, "STM32F401xB(C)", { 64, 0x3000, 256, 1, 16384, 0x10, 30 } },
	{ 0x433, "STM32F401xD(E)", { 96, 0x3000, 512, 1, 16384, 0x10, 30 } },
	{ 0x458, "STM32F410xx", { 32, 0x3000, 128, 1, 16384, 0x10, 30 } },
	{ 0x431, "STM32F411xx", { 128, 0x3000, 512, 1, 16384, 0x10, 30 } },
	{ 0x441, "STM32F412xx", { 256, 0x3000, 1024, 1, 16384, 0x10, 30 } },
	{ 0x421, "STM32F446xx", { 128, 0x3000, 512, 1, 16384, 0x10, 30 } },
	{ 0x434, "STM32F469xx/479xx", { 384, 0x3000, 2048, 1, 16384, 0x10010, 30 } },
	{ 0x463, "STM32F413xx/423xx", { 320, 0x3000, 1536, 1, 16384, 0x10, 30 } },
	{ 0x452, "STM32F72xxx/73xxx", { 256, 0x4000, 512, 1, 16384, 0x20, 59 } },
	{ 0x449, "STM32F74xxx/75xxx", { 320, 0x4000, 1024, 1, 32768, 0x20, 59 } },
	{ 0x451, "STM32F76xxx/77xxx", { 512, 0x4000, 2048, 1, 32768, 0x20, 59 } },
	{ 0x466, "STM32G03xxx/04xxx", { 8, 0x1000, 64, 1, 2048, 0x80, 8 } },
	{ 0x460, "STM32G07xxx/08xxx", { 36, 0x2700, 128, 1, 2048, 0x80, 28 } },
	{ 0x467, "STM32G0B0/B1/C1xx", { 128, 0x4000, 512, 1, 2048, 0x80, 28 } },
	{ 0x456, "STM32G05xxx/061xx", { 18, 0x1000, 64, 1, 2048, 0x80, 8 } },
	{ 0x468, "STM32G431xx/441xx", { 22, 0x4000, 128, 1, 2048, 0x30, 28 } },
	{ 0x469, "STM32G47xxx/48xxx", { 96, 0x4000, 512, 1, 2048, 0x30, 28 } },
	{ 0x479, "STM32G491xx/A1xx", { 112, 0x4000, 512, 1, 2048, 0x30, 28 } },
	{ 0x450, "STM32H74xxx/75xxx", { 128, 0x4100, 2048, 1, 131072, 0x1, 122 } },
	{ 0x457, "STM32L01xxx/02xxx", { 2, 0x800, 16, 32, 128, 0x20, 4 } },
	{ 0x425, "STM32L031xx/041xx", { 8, 0x1000, 32, 32, 128, 0x20, 4 } },
	{ 0x417, "STM32L05xxx/06xxx", { 8, 0x1000, 64, 32, 128, 0x20, 4 } },
	{ 0x447, "STM32L07xxx/08xxx", { 20, 0x2000, 192, 32, 128, 0x20, 8 } },
	{ 0x416, "STM32L1xxx6(8/B)", { 16, 0x800, 128, 16, 256, 0x20, 4 } },
	{ 0x429, "STM32L1xxx6(8/B)A", { 32, 0x1000, 128, 16, 256, 0x20, 4 } },
	{ 0x427, "STM32L1xxxC", { 32, 0x1000, 256, 16, 256, 0x20, 8 } },
	{ 0x436, "STM32L1xxxD", { 48, 0x1000, 384, 16, 256, 0xA0, 8 } },
	{ 0x437, "STM32L1xxxE", { 80, 0x1000, 512, 16, 256, 0xA0, 8 } },
	{ 0x464, "STM32L412xx/422xx", { 32, 0x3100, 128, 1, 2048, 0x10, 28 } },
	{ 0x435, "STM32L43xxx/44xxx", { 48, 0x3100, 256, 1, 2048, 0x10, 28 } },
	{ 0x462, "STM32L45xxx/46xxx", { 128, 0x3100, 512, 1, 2048, 0x10, 28 } },
	{ 0x415, "STM32L47xxx/48xxx", { 96, 0x3100, 1024, 1, 2048, 0x8010, 28 } },
	{ 0x461, "STM32L496xx/4A6xx", { 256, 0x3100, 1024, 1, 2048, 0x8010, 28 } },
	{ 0x470, "STM32L4Rxx/4Sxx", { 640, 0x3200, 1024, 1, 2048, 0x8010, 28 } },
	{ 0x641, "Medium_Density PL", { 20, 0x200, 128, 4, 1024, 0x10, 2 } },
	{ 0x9A8, "STM32W-128K", { 8, 0x200, 128, 4, 1024, 0x10, 2 } },
	{ 0x9B0, "STM32W-256K", { 16, 0x200, 256, 4, 2048, 0x10, 2 } },
};

/* A chip that stm32flash does not know. */
static bool of_device(const struct device *d, char *name, size_t size, struct stm32flash_sizes *s)
{
	struct geometry g;
	struct page first;

	snprintf(name, size, "STM32%s", d->parts);
	*s = (struct stm32flash_sizes){
		.ram_kb = (d->ram.end - d->ram_base) / 1024,
		.ram_reserved = d->ram.start - d->ram_base,
		.flash_kb = d->flash_kb,
		.sector_pages = 1,
		.option_bytes = d->ob_end - d->ob_start,
		.system_kb = (d->sys_end - d->sys_start) / 1024,
	};
	if (d->layout && geometry_parse(d->layout, d->flash_start, d->flash_kb, &g, NULL) == 0 &&
	    geometry_page_at(&g, d->flash_start, &first) == 0)
		s->page_size = first.size;
	return true;
}

bool stm32flash_chip(uint32_t id, char *name, size_t size, struct stm32flash_sizes *sizes)
{
	const struct device *d;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].id == id) {
			snprintf(name, size, "%s", rows[i].name);
			*sizes = rows[i].sizes;
			return true;
		}
	d = device_by_pid(id);
	return d && of_device(d, name, size, sizes);
}
