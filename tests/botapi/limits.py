"""Telegram's numbers and closed lists.

Knows nothing else: the rules that use them are elsewhere.
"""

from __future__ import annotations

import re

MAX_TEXT = 4096  # UTF-16 units
MAX_CAPTION = 1024  # UTF-16 units
MAX_ENTITIES = 100
MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes
MAX_UPLOAD = 50 * 1024 * 1024  # bytes
MAX_PHOTO = 10 * 1024 * 1024  # bytes
MAX_PHOTO_SIDES = 10_000  # width and height together, in pixels
MAX_PHOTO_RATIO = 20  # of the longer side to the shorter
MAX_CALLBACK_DATA = 64  # bytes
MAX_ROW = 8
MAX_BUTTONS = 100
CALLBACK_SECONDS = 15.0
DRAFT_SECONDS = 30.0  # a streamed preview fades after so long
DEEP_LINK_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def words(text: str) -> frozenset[str]:
    """The words of a list written as a line."""
    return frozenset(text.split())


ENTITY_TYPES = words(
    "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link "
    "text_mention custom_emoji date_time mention hashtag cashtag bot_command url email phone_number"
)
BUTTON_ACTIONS = words(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
REACTIONS = words(
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 "
    "💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂️ 🤷 🤷‍♀️ 😡"
)
CHAT_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
ADMIN_RIGHTS = words(
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories"
)
# Parameters that are text even when they look like a number or like JSON.
TEXT_PARAMETERS = words(
    "text caption parse_mode url file_id callback_query_id description short_description language_code "
    "secret_token action document photo inline_message_id"
)
