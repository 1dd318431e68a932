/** Names of devices, processors, formats and releases that look like nicks and are none. */
export const TECHNICAL_NAME =
  /^(?:x86[_-]?\d*|i[3-6]86|amd64|arm\d*\w*|[a-z]{1,5}\d{1,2}|\d+[a-z]{0,3}|[sh]d[a-z]\d*|(?:eth|wlan|ath|ppp|usb|tty|mp|ipv|ext|utf|iso|sha|md|h|lib\w*|kde|gtk|qt|vim|python|php|mysql|lucid|ntfs|win|windows|ubuntu|directx|opengl)[-_]?\d+\w*|(?:Mac|Open|Live|You|Java|Type|Git|Virtual|Libre|Free|Thunder|Power|Blue|Word|Post|My)\p{Lu}\w*|iPod|iPhone|iPad|eBay|\w*OS)$/u;
